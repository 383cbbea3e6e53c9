package dev.rlhf.learner.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rlhf.learner.engine.AvailableMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logits of 4 k tokens by a vocabulary of 128 k would take 2 GiB. */
class WideVocabularyIT {
    private static final long NEEDED = 2L << 30;
    private static final int MOST_MEBIBYTES = 300;

    @TempDir
    private Path folder;

    @Test
    void aWideVocabularyTakesLittleMemoryBesideItsMatrix() throws IOException, InterruptedException {
        assumeTrue(
                Files.isWritable(Path.of("/proc/self/clear_refs")) && AvailableMemory.fits(NEEDED),
                "memory is measured by Linux, and a failure should not take the machine with it");
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        WideVocabulary.class.getName()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        assertThat(process.exitValue()).as(said).isZero();
        List<Integer> extra = Pattern.compile("extra (\\d+) MiB")
                .matcher(said)
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
        assertThat(extra).as(said).hasSize(3).allMatch(mebibytes -> mebibytes <= MOST_MEBIBYTES);
    }
}
