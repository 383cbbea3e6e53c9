package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.config.RecordYaml;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.Sha256;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Part;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** SHA-256 of what an experiment's numbers come from: its questions, its recipes, the program. */
final class ExperimentInputs {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROGRAM = "program";
    private static final String QUESTIONS = "experiment";
    private static final String COMPARISONS = "comparisons";

    /** What may change while finished runs are kept: questions only read them, and of the program it is told. */
    private static final Set<String> FREE = Set.of(PROGRAM, QUESTIONS, COMPARISONS);

    private ExperimentInputs() {}

    /**
     * What is another than at the experiment's beginning.
     *
     * @param program whether the program is
     * @param comparisons whether the comparisons are, or what they expect
     */
    record Changed(boolean program, boolean comparisons) {}

    /** The digests of an experiment as it is now, by name. */
    static Map<String, String> of(Experiment experiment) {
        Map<String, String> digests = new TreeMap<>();
        try {
            Experiment anywhere = anywhere(experiment);
            digests.put(QUESTIONS, digest(List.of(RecordYaml.write(anywhere))));
            digests.put(
                    COMPARISONS,
                    digest(anywhere.comparisons().stream().map(String::valueOf).toList()));
            digests.put("grid", digest(grid(anywhere)));
            for (Part part : experiment.parts()) {
                digests.put("recipe of " + part.name(), Sha256.of(part.recipe()));
            }
            digests.put(PROGRAM, program());
        } catch (IOException e) {
            throw RlhfException.resource("cannot read what the experiment is made of: " + DurableFiles.reason(e), e);
        }
        return digests;
    }

    /** The experiment wherever its recipes lie; what is in them has digests of its own. */
    private static Experiment anywhere(Experiment experiment) {
        return new Experiment(
                experiment.name(),
                experiment.question(),
                experiment.claim(),
                experiment.overturn(),
                experiment.seeds(),
                experiment.parts().stream().map(ExperimentInputs::anywhere).toList(),
                experiment.factors(),
                experiment.measures(),
                experiment.comparisons(),
                experiment.curves(),
                experiment.full());
    }

    private static Part anywhere(Part part) {
        return new Part(part.name(), part.recipe().getFileName(), part.factors(), part.settings(), part.seconds());
    }

    /** What decides the numbers of a run; more seeds are more runs. */
    private static List<String> grid(Experiment experiment) {
        return Stream.concat(experiment.parts().stream(), experiment.factors().stream())
                .map(RecordYaml::write)
                .toList();
    }

    /**
     * Keeps the digests of a new experiment, or compares them with those it began with.
     *
     * @return what has changed of that which may
     * @throws RlhfException USER naming what has changed otherwise
     */
    static Changed keep(ExperimentDirectory directory, Map<String, String> now) {
        try {
            if (!Files.exists(directory.inputs())) {
                DurableFiles.write(
                        directory.inputs(),
                        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(now));
                return new Changed(false, false);
            }
            Map<String, String> before =
                    JSON.readValue(directory.inputs().toFile(), new TypeReference<TreeMap<String, String>>() {});
            now.forEach((name, digest) -> {
                if (!FREE.contains(name) && !digest.equals(before.get(name))) {
                    throw RlhfException.user("the " + name + " has changed since the experiment in " + directory.root()
                            + " began; start it again in another --out");
                }
            });
            return new Changed(differs(PROGRAM, before, now), differs(COMPARISONS, before, now));
        } catch (IOException e) {
            throw RlhfException.resource("cannot keep " + directory.inputs() + ": " + DurableFiles.reason(e), e);
        }
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
