package dev.rlhf.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code make bench}: measures, prints a line a measurement, and writes the page. */
@Command(name = "bench", description = "Measures the product beside its peers.", mixinStandardHelpOptions = true)
public final class Main implements Runnable {
    @Option(names = "--python", required = true, description = "interpreter of the peers (tools/golden/environment.sh)")
    private String python = "";

    @Option(names = "--threads", description = "intra-op threads of either side (default: all cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--pairs", defaultValue = "9", description = "timed pairs of blocks (default: ${DEFAULT-VALUE})")
    private int pairs;

    @Option(names = "--only", defaultValue = "", description = "measures what has this text in its name")
    private String only = "";

    @Option(names = "--page", defaultValue = "docs/performance.md", description = "page to write, if all was measured")
    private Path page = Path.of("");

    /** Measures what the arguments ask for. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        Path root = Path.of("").toAbsolutePath();
        Workplace workplace = new Workplace(root, folder(), python, threads, pairs);
        Map<String, String> facts = new LinkedHashMap<>(Machine.facts(threads));
        List<Measurement> measured = new ArrayList<>();
        benchmarks().forEach((name, benchmark) -> {
            if (name.contains(only)) {
                Measurement measurement = benchmark.apply(workplace);
                System.out.println(measurement.line());
                measured.add(measurement);
            }
        });
        facts.put("load after", Machine.load());
        write(root.resolve("bench/target/results.json"), json(facts, measured));
        if (only.isEmpty()) {
            PerformancePage.write(root.resolve(page), facts, measured, pairs);
        }
        delete(workplace.folder());
    }

    private static Map<String, Function<Workplace, Measurement>> benchmarks() {
        Map<String, Function<Workplace, Measurement>> benchmarks = new LinkedHashMap<>();
        LearnerBenchmark.all().forEach(benchmark -> benchmarks.put("learner " + benchmark.name(), benchmark::run));
        GrpoBenchmark.all().forEach(benchmark -> benchmarks.put("grpo " + benchmark.klBeta(), benchmark::run));
        benchmarks.put("coordination", CoordinationBenchmark::run);
        return benchmarks;
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
            Files.writeString(file, text);
        } catch (IOException e) {
            throw RlhfException.resource("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
