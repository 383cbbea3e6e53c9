package dev.rlhf.serve;

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
        assertThat(exit("default", "0"))
                .as("bits without the mode, on " + Processor.here())
                .isEqualTo(InvarianceScenario.DIFFERS);
    }

    @Test
    void inAProcessOfItsOwnTheBitsAreTheSame() throws IOException, InterruptedException {
        assertThat(exit("", "0")).as("bits on " + Processor.here()).isZero();
    }

    /** MKL itself says in which mode it works, when it is asked to be verbose. */
    @Test
    void theModeThatIsSetFromInsideReachesMkl() throws IOException, InterruptedException {
        exit("default", "1");
        assertThat(directory.resolve("log")).content().contains("CNR:OFF").doesNotContain("STRICT");
        assertThat(exit("AVX2,STRICT", "1")).isZero();
        assertThat(directory.resolve("log")).content().contains(",STRICT").doesNotContain("CNR:OFF");
    }

    private int exit(String mode, String verbose) throws IOException, InterruptedException {
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
        builder.environment().put("MKL_VERBOSE", verbose);
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
