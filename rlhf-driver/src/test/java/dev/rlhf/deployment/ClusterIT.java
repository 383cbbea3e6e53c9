package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rlhf.driver.command.RlhfProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart on a Kubernetes without containers: installed, trained to the end, and again with a worker, the head, the servers lost on the
 * way; upgraded, and taken away again.
 */
class ClusterIT {
    private static final int MINUTES = 60;

    /** Those that lost a worker, the head without, with, and beside what outlives it, and one that was submitted. */
    private static final List<String> RUNS = List.of("worker", "head", "remembered", "kept", "submitted");

    @TempDir
    Path folder;

    @Test
    void aRunOfTheChartEndsAndWhateverIsLostOnTheWayItEndsWithTheSameWeights() throws Exception {
        String programs = System.getProperty("cluster", "");
        assumeThat(programs)
                .as("programs of a cluster, which `make test` builds")
                .isNotEmpty();
        RlhfProcess.markBuilt();
        Path log = folder.resolve("log");
        Process cluster = new ProcessBuilder(
                        Helm.HOME.resolve("tools/cluster/end-to-end").toString())
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
        String held = String.join("\n", lines);
        assertThat(held)
                .containsPattern(": ok \\d+ RayJob undisturbed is SUCCEEDED")
                .containsPattern(": ok \\d+ while it trains, a copy of its folder makes a model and a page")
                .containsPattern(": ok \\d+ Ray's pods are gone, and the notes' commands bring the model and the page")
                .containsPattern(": ok \\d+ RayJob refused is STOPPED and is not tried again: ")
                .containsPattern(": ok \\d+ it trains again \\d+ s after vLLM's end")
                .containsPattern(": ok \\d+ helm rollback gave the policy back")
                .containsPattern(": ok \\d+ helm uninstall left 0 objects");
        for (String run : RUNS) {
            assertThat(held)
                    .containsPattern(
                            ": ok \\d+ the final weights and all \\d+ lines of metrics of " + run + " are those");
        }
    }
}
