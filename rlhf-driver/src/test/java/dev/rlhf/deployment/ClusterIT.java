package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chart on a Kubernetes without containers: installed, trained to the end, and once more with the head lost on the way. */
class ClusterIT {
    private static final int MINUTES = 25;

    @TempDir
    Path folder;

    @Test
    void aRunOfTheChartEndsAndAfterTheLossOfItsHeadEndsWithTheSameWeights() throws Exception {
        String programs = System.getProperty("cluster", "");
        assumeThat(programs)
                .as("programs of a cluster, which `make test` builds")
                .isNotEmpty();
        Path log = folder.resolve("log");
        Process cluster = new ProcessBuilder(
                        Helm.HOME.resolve("tools/cluster/end-to-end").toString(), "train", "head")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(cluster.waitFor(MINUTES, TimeUnit.MINUTES))
                    .as("within %d minutes%n%s", MINUTES, Files.readString(log))
                    .isTrue();
        } finally {
            // Its own trap takes the cluster down.
            cluster.destroy();
            cluster.waitFor(1, TimeUnit.MINUTES);
        }
        List<String> lines = Files.readAllLines(log);
        System.out.println(String.join(System.lineSeparator(), lines));
        assertThat(cluster.exitValue()).as(String.join("\n", lines)).isZero();
        assertThat(lines)
                .anyMatch(line -> line.matches(".*: ok \\d+ RayJob undisturbed is SUCCEEDED.*"))
                .anyMatch(line ->
                        line.matches(".*: ok \\d+ the final weights and all \\d+ lines of metrics of head are those.*"))
                .anyMatch(line -> line.matches(".*: ok \\d+ helm uninstall left 0 objects"));
    }
}
