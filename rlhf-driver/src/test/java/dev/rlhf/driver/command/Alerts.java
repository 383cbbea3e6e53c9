package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.testing.prometheus.LocalPrometheus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shipped alerts, and whether they fire in a real Prometheus. */
final class Alerts {
    static final Path RULES = RlhfProcess.HOME.resolve("helm/rlhf/rules");

    private Alerts() {}

    /** Names of all of them. */
    static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : files(RULES)) {
            names.addAll(found("alert: (\\w+)", Files.readString(file)));
        }
        assertThat(names).hasSizeGreaterThanOrEqualTo(12);
        return names;
    }

    /** The shipped rules without the time for which they must hold, written into {@code folder}; bounds and windows are as shipped. */
    static List<Path> atOnce(Path folder) throws IOException {
        List<Path> changed = new ArrayList<>();
        for (Path file : files(RULES)) {
            String text = Files.readString(file).replaceAll("(?m)^ +for: \\w+\\n", "");
            changed.add(Files.writeString(folder.resolve(file.getFileName().toString()), text));
        }
        return changed;
    }

    /** Whether an alert fires now, for whatever run. */
    static boolean fire(LocalPrometheus prometheus, String alert) {
        return !prometheus.query(firing(alert)).isEmpty();
    }

    /** Waits until each of them fires for {@code run}. */
    static void await(LocalPrometheus prometheus, String run, String... alerts) {
        for (String alert : alerts) {
            prometheus.await(
                    alert,
                    () -> prometheus.query(firing(alert)).stream()
                            .anyMatch(one ->
                                    one.path("metric").path("run").asText().equals(run)));
        }
    }

    /** Requires that none of them has fired since {@code start} while a query had an answer, and that it had one. */
    static void requireSilence(LocalPrometheus prometheus, double start, String during, String... alerts) {
        assertThat(prometheus.since(start, during)).as(during).isNotEmpty();
        for (String alert : alerts) {
            assertThat(prometheus.since(start, firing(alert) + " and on () (" + during + ")"))
                    .as("%s while %s", alert, during)
                    .isEmpty();
        }
    }

    private static String firing(String alert) {
        return "ALERTS{alertstate=\"firing\",alertname=\"" + alert + "\"}";
    }

    static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    /** The YAML files of a folder. */
    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
