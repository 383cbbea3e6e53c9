package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.config.RecordYaml;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.Sha256;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Measure;
import dev.rlhf.experiment.design.Part;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** SHA-256 of what an experiment's numbers come from: its questions, its recipes, the program. */
final class ExperimentInputs {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROGRAM = "program";
    private static final String QUESTIONS = "experiment";
    private static final String COMPARISONS = "comparisons";
    private static final String MEASURES = "measures";

    /** Beside the digests in the file: the seeds that the experiment began with. */
    private static final String SEEDS = "seeds";

    private static final String COMMA = ", ";

    /** What may change while finished runs are kept: questions only read them, and of the program it is told. */
    private static final Set<String> FREE = Set.of(PROGRAM, QUESTIONS, COMPARISONS, MEASURES);

    private ExperimentInputs() {}

    /**
     * What is another than at the experiment's beginning.
     *
     * @param program whether the program is
     * @param remarks what a reader of the results must know of it, in sentences
     */
    record Changed(boolean program, List<String> remarks) {
        static final String COMPARED = "Its comparisons, or what they expect, were changed after its runs had begun.";
        static final String MEASURED = "What it measures was changed after its runs had begun.";
        static final String ADDED = "Seeds were added after its runs had begun: ";
        static final String LEFT_OUT = "Seeds were left out after their runs had begun: ";

        /** Keeps its own copy. */
        Changed {
            remarks = List.copyOf(remarks);
        }
    }

    /** The digests of an experiment as it is now, by name. */
    static Map<String, String> of(Experiment experiment) {
        Map<String, String> digests = new TreeMap<>();
        try {
            Experiment anywhere = anywhere(experiment);
            digests.put(QUESTIONS, digest(List.of(RecordYaml.write(anywhere))));
            digests.put(
                    COMPARISONS,
                    digest(anywhere.comparisons().stream().map(String::valueOf).toList()));
            digests.put(
                    MEASURES,
                    digest(experiment.measures().stream()
                            .map(ExperimentInputs::measured)
                            .toList()));
            digests.put("grid", digest(grid(anywhere)));
            for (Part part : experiment.parts()) {
                digests.put("recipe of " + part.name(), Sha256.of(part.recipe()));
            }
            digests.put(PROGRAM, program());
        } catch (IOException e) {
            throw RlhfException.resource("cannot read what the experiment is made of: " + FileFault.reason(e), e);
        }
        return digests;
    }

    /** The experiment wherever its recipes lie; what is in them has digests of its own. */
    private static Experiment anywhere(Experiment experiment) {
        return experiment.with(
                experiment.parts().stream().map(ExperimentInputs::anywhere).toList());
    }

    private static Part anywhere(Part part) {
        return new Part(part.name(), part.recipe().getFileName(), part.factors(), part.settings(), part.seconds());
    }

    /** Which number of the runs a measure is; what it is called may change. */
    private static String measured(Measure measure) {
        return String.join(
                " ",
                measure.name(),
                measure.part(),
                measure.stage(),
                measure.number(),
                measure.at().name());
    }

    /** What decides the numbers of a run; more seeds are more runs. */
    private static List<String> grid(Experiment experiment) {
        return Stream.concat(experiment.parts().stream(), experiment.factors().stream())
                .map(RecordYaml::write)
                .toList();
    }

    /**
     * Keeps digests and seeds of a new experiment, or compares them with those it began with.
     *
     * @return what has changed of that which may
     * @throws RlhfException USER naming what has changed otherwise
     */
    static Changed keep(ExperimentDirectory directory, List<Integer> seeds, Map<String, String> now) {
        try {
            if (!Files.exists(directory.inputs())) {
                Map<String, String> kept = new TreeMap<>(now);
                kept.put(SEEDS, list(seeds));
                DurableFiles.write(
                        directory.inputs(),
                        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(kept));
                return new Changed(false, remarks(directory, seeds, kept, now));
            }
            Map<String, String> before =
                    JSON.readValue(directory.inputs().toFile(), new TypeReference<TreeMap<String, String>>() {});
            now.forEach((name, digest) -> {
                if (!FREE.contains(name) && !digest.equals(before.get(name))) {
                    throw RlhfException.user("the " + name + " has changed since the experiment in " + directory.root()
                            + " began; start it again in another --out");
                }
            });
            return new Changed(differs(PROGRAM, before, now), remarks(directory, seeds, before, now));
        } catch (IOException e) {
            throw RlhfException.resource("cannot keep " + directory.inputs() + ": " + FileFault.reason(e), e);
        }
    }

    private static List<String> remarks(
            ExperimentDirectory directory, List<Integer> seeds, Map<String, String> before, Map<String, String> now)
            throws IOException {
        List<String> remarks = new ArrayList<>();
        if (differs(COMPARISONS, before, now)) {
            remarks.add(Changed.COMPARED);
        }
        if (differs(MEASURES, before, now)) {
            remarks.add(Changed.MEASURED);
        }
        List<String> first = List.of(before.getOrDefault(SEEDS, list(seeds)).split(COMMA));
        List<Integer> added = seeds.stream()
                .filter(seed -> !first.contains(String.valueOf(seed)))
                .toList();
        if (!added.isEmpty()) {
            remarks.add(Changed.ADDED + list(added) + ".");
        }
        List<Integer> leftOut =
                directory.seeds().stream().filter(seed -> !seeds.contains(seed)).toList();
        if (!leftOut.isEmpty()) {
            remarks.add(Changed.LEFT_OUT + list(leftOut) + ".");
        }
        return remarks;
    }

    private static String list(List<Integer> seeds) {
        return seeds.stream().map(String::valueOf).collect(Collectors.joining(COMMA));
    }

    /** Whether both know it and differ. */
    private static boolean differs(String name, Map<String, String> before, Map<String, String> now) {
        return before.containsKey(name) && !Objects.equals(before.get(name), now.get(name));
    }

    /** Our own classes, wherever the class path has them; libraries are named by their version in the build. */
    private static String program() throws IOException {
        List<Path> own = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path ->
                        Files.isDirectory(path) || path.getFileName().toString().startsWith("rlhf-"))
                .sorted()
                .toList();
        List<String> digests = own.stream()
                .flatMap(path -> {
                    try {
                        return DurableFiles.files(path).stream();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .map(ExperimentInputs::digest)
                .toList();
        return digest(digests);
    }

    private static String digest(Path file) {
        try {
            return file.getFileName() + " " + Sha256.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(List<String> texts) {
        return Sha256.of(String.join("\n", texts) + "\n");
    }
}
