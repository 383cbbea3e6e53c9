package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What libgomp itself says that it was told. */
@EnabledOnOs(OS.LINUX)
class IdleThreadsTest {
    /** Loads libtorch, and libgomp with it. */
    static final class Loads {
        private Loads() {}

        public static void main(String[] arguments) {
            NativeScope.open().close();
        }
    }

    @Test
    void libgompIsToldFromInside() throws IOException, InterruptedException {
        assertThat(told(Map.of())).contains("GOMP_SPINCOUNT = '1000'");
    }

    @Test
    void whatTheUserSaysWins() throws IOException, InterruptedException {
        assertThat(told(Map.of("GOMP_SPINCOUNT", "7"))).contains("GOMP_SPINCOUNT = '7'");
        assertThat(told(Map.of("OMP_WAIT_POLICY", "active"))).contains("GOMP_SPINCOUNT = '30000000000'");
    }

    private static String told(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Loads.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("OMP_DISPLAY_ENV", "VERBOSE");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(said).isTrue();
        return said;
    }
}
