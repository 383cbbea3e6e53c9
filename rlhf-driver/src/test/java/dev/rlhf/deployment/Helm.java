package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The real Helm that {@code make test} builds. */
final class Helm {
    /** The project. */
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** The chart. */
    static final Path CHART = HOME.resolve("helm/rlhf");

    /** The recipe of most tests. */
    static final String RECIPE = "--set-file=recipe.text=" + HOME.resolve("recipes/quickstart.yaml");

    /** Has the chart render as in a Kubernetes that has the Prometheus operator. */
    static final String WITH_OPERATOR = "--api-versions=monitoring.coreos.com/v1";

    private static final String PROPERTY = "helm";
    private static final int SECONDS = 60;

    private Helm() {}

    /**
     * How it ended.
     *
     * @param exitCode its exit code
     * @param output what it printed to the standard output
     * @param errors what it printed to the standard error
     */
    record Result(int exitCode, String output, String errors) {
        /** What it printed; fails when it refused. */
        String accepted() {
            if (exitCode != 0) {
                throw new AssertionError("helm ended with " + exitCode + ": " + errors);
            }
            return output;
        }
    }

    /** The objects of a release named demo. */
    static Manifests template(String... arguments) {
        return templateOf(CHART, arguments);
    }

    /** The same of another chart. */
    static Manifests templateOf(Path chart, String... arguments) {
        List<String> all = new ArrayList<>(List.of("template", "demo", chart.toString(), "--namespace", "training"));
        all.addAll(Arrays.asList(arguments));
        return Manifests.read(run(all.toArray(String[]::new)).accepted());
    }

    /** What Helm says of a release named demo that it refuses, which must have the sentence. */
    static String refused(String sentence, String... arguments) {
        Result result = run(Stream.concat(Stream.of("template", "demo", CHART.toString()), Stream.of(arguments))
                .toArray(String[]::new));
        assertThat(result.exitCode()).as(List.of(arguments).toString()).isNotZero();
        assertThat(result.errors()).contains(sentence);
        return result.errors();
    }

    /** Any command, run in the project; skips the test where there is no Helm. */
    static Result run(String... arguments) {
        String helm = System.getProperty(PROPERTY, "");
        assumeTrue(
                !helm.isEmpty(),
                "there is no Helm here: make test builds one where there is Go (tools/helm/environment.sh)");
        try {
            Path errors = Files.createTempFile("helm-", ".log");
            Process process = new ProcessBuilder(
                            Stream.concat(Stream.of(helm), Stream.of(arguments)).toList())
                    .directory(HOME.toFile())
                    .redirectError(errors.toFile())
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("helm did not end within " + SECONDS + " s");
            }
            String said = Files.readString(errors);
            Files.delete(errors);
            return new Result(process.exitValue(), output, said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while helm ran", e);
        }
    }

    /** The values of every size. */
    static List<Path> sizes() {
        try (Stream<Path> files = Files.list(HOME.resolve("deploy"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(Helm::hasValues)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a file has values of the chart; others are objects of Kubernetes. */
    private static boolean hasValues(Path file) {
        try {
            return Manifests.read(Files.readString(file)).objects().stream().noneMatch(one -> one.has("kind"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
