package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code make bench}: measures, prints a line a measurement, and writes the page. */
@Command(name = "bench", description = "Measures the product beside its peers.", mixinStandardHelpOptions = true)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--python",
            defaultValue = "python3",
            description = "interpreter of the peers (tools/golden/environment.sh)")
    private String python = "";

    @Option(names = "--threads", description = "intra-op threads of either side (default: all cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--pairs",
            defaultValue = "0",
            description = "timed pairs of blocks (default: each benchmark's own, 9 or more)")
    private int pairs;

    @Option(names = "--only", split = ",", description = "names of what is measured; the page is then left as it is")
    private List<String> only = List.of();

    @Option(names = "--page", defaultValue = "docs/performance.md", description = "page to write, if all was measured")
    private Path page = Path.of("");

    @Option(names = "--profile", description = "measures nothing, but says where our side spends its time")
    private boolean profile;

    @Option(names = "--smoke", description = "a pair of one or two steps each: do both sides do the same?")
    private boolean smoke;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Measures what the arguments ask for; exits with 1 when a benchmark failed, e.g. because the sides do not do the same. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        Path root = Path.of("").toAbsolutePath();
        List<Benchmark> chosen = chosen();
        OptionalInt asked = pairs > 0 ? OptionalInt.of(pairs) : OptionalInt.empty();
        Workplace workplace = new Workplace(root, folder(), python, threads, asked, smoke);
        if (profile) {
            chosen.forEach(benchmark -> System.out.println(Profile.of((Benchmark.Alone) benchmark, workplace)));
            delete(workplace.folder());
            return ExitCode.OK;
        }
        return measure(chosen, workplace) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** Measures, writes what there is to write, and says whether no benchmark failed. */
    private boolean measure(List<Benchmark> chosen, Workplace workplace) {
        Map<String, String> facts = new LinkedHashMap<>(Machine.facts(threads));
        List<Measurement> measured = new ArrayList<>();
        boolean failed = false;
        for (Benchmark benchmark : chosen) {
            try {
                for (Measurement measurement : benchmark.measure(workplace)) {
                    System.out.println(measurement.line());
                    measured.add(measurement);
                }
            } catch (RlhfException failure) {
                failed = true;
                System.err.println(benchmark.id() + " FAILED: " + failure.getMessage());
            }
        }
        facts.put("load after", Machine.load());
        write(workplace.root().resolve("bench/target/results.json"), json(facts, measured));
        if (failed) {
            System.err.println("no page was written; logs of the peers are in " + workplace.folder());
            return false;
        }
        if (only.isEmpty() && !smoke) {
            PerformancePage.write(workplace.root().resolve(page), facts, measured);
        }
        delete(workplace.folder());
        return true;
    }

    private static List<Benchmark> all() {
        List<Benchmark> benchmarks = new ArrayList<>(LearnerBenchmark.all());
        benchmarks.addAll(PreferenceBenchmark.all());
        benchmarks.addAll(GrpoBenchmark.all());
        benchmarks.add(new GenerationBenchmark());
        benchmarks.add(new CoordinationBenchmark());
        return benchmarks;
    }

    private List<Benchmark> chosen() {
        List<Benchmark> known = all();
        if (profile) {
            known.removeIf(benchmark -> !(benchmark instanceof Benchmark.Alone));
        }
        List<String> names = known.stream().map(Benchmark::id).toList();
        for (String name : only) {
            if (!names.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no benchmark " + name + "; there are " + String.join(", ", names));
            }
        }
        return only.isEmpty()
                ? known
                : known.stream()
                        .filter(benchmark -> only.contains(benchmark.id()))
                        .toList();
    }

    private static String json(Map<String, String> facts, List<Measurement> measured) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        facts.forEach(json.putObject("machine")::put);
        ArrayNode list = json.putArray("measurements");
        measured.forEach(measurement -> list.add(measurement.json()));
        return json.toPrettyString() + "\n";
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("rlhf-bench");
        } catch (IOException e) {
            throw RlhfException.resource("cannot make a temporary folder: " + e.getMessage(), e);
        }
    }

    private static void delete(Path folder) {
        try {
            DurableFiles.deleteTree(folder);
        } catch (IOException e) {
            throw RlhfException.resource("cannot remove " + folder + ": " + e.getMessage(), e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }
}
