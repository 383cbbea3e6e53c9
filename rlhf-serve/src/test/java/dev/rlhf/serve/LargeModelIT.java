package dev.rlhf.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rlhf.learner.engine.AvailableMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of 1.1 billion parameters, or of 150 thousand tokens, need no more of Java's heap than small ones. */
class LargeModelIT {
    private static final long NEEDED = 6L << 30;

    @TempDir
    private Path folder;

    @Test
    void aLargeModelIsServedAndSyncedWithAGibibyteOfHeap() throws IOException, InterruptedException {
        assertThat(log(LargeModel.class, "-Xmx1g")).content().contains("opened", "served", "synced");
    }

    @Test
    void aVocabularyOf150ThousandIsServedWithAQuarterOfAGibibyteOfHeap() throws IOException, InterruptedException {
        assertThat(log(WideVocabulary.class, "-Xmx256m")).content().contains("opened", "served", "again");
    }

    /** What a program wrote that ended well. */
    private Path log(Class<?> program, String heap) throws IOException, InterruptedException {
        assumeTrue(
                AvailableMemory.fits(NEEDED) && Files.getFileStore(folder).getUsableSpace() > NEEDED,
                "4.4 GB of weights need 6 GiB of memory, and their files as much of disk");
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        program.getName(),
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(20, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        return log;
    }
}
