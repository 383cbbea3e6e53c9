package dev.rlhf.learner.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rlhf.learner.engine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The twin of {@code theSameRequestGivesTheSameBitsWhateverRunsBesideIt}: without MKL's strict mode it must fail, where that is needed. */
class InvarianceGuardTest {
    @TempDir
    private Path directory;

    @Test
    void withoutTheModeTheBitsDependOnWhatRunsBesideOnIntelWithAvx512() throws IOException, InterruptedException {
        String needed = Processor.here().needs();
        assumeTrue(
                needed.startsWith("AVX512"),
                () -> "the guard can only be seen to be needed on an Intel processor with AVX-512; this one is "
                        + Processor.here() + " and needs the mode " + needed);
        assertThat(exit("off"))
                .as("bits without the mode, on " + Processor.here())
                .isEqualTo(InvarianceScenario.DIFFERS);
    }

    @Test
    void inAProcessOfItsOwnTheBitsAreTheSame() throws IOException, InterruptedException {
        assertThat(exit("on")).as("bits on " + Processor.here()).isZero();
    }

    private int exit(String mode) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Drlhf.kernel-mode=" + mode,
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        InvarianceScenario.class.getName(),
                        directory.resolve("model").toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().remove("MKL_CBWR");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        int exit = process.exitValue();
        assertThat(exit).as(Files.readString(log)).isIn(0, InvarianceScenario.DIFFERS);
        return exit;
    }
}
