package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A signal ends the command that follows a job, and not the job, which it says. */
class FollowerSignalIT {
    private static final String RUNNING = "{\"status\": \"RUNNING\", \"metadata\": {\"rlhf_out\": \"/runs/a\"}}";
    private static final int COLUMNS = 200;
    private static final String CONTROL_C = "\u0003";
    private static final int ENDED_BY_SIGINT = 130;
    private static final int ENDED_BY_SIGTERM = 143;

    private final FakeJobServer fake = FakeJobServer.start();

    @TempDir
    private Path folder;

    @AfterEach
    void stopServer() {
        fake.close();
    }

    @BeforeEach
    void aJobRuns() {
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING));
        fake.answer("GET /api/jobs/a/logs", Answer.of("{\"logs\": \"step 1\\n\"}"));
    }

    @Test
    void aTerminatedFollowerSaysThatTheJobGoesOn() {
        try (RlhfProcess logs = RlhfProcess.start(folder.resolve("logs.txt"), follow())) {
            logs.await("what the job prints", () -> logs.printed().contains("step 1"));
            logs.interrupt();

            assertThat(logs.exitCode()).as(logs.printed()).isEqualTo(ENDED_BY_SIGTERM);
            assertGoesOn(logs);
        }
    }

    @Test
    void controlCSaysThatTheJobGoesOn() {
        try (RlhfProcess logs =
                RlhfProcess.startInTerminal(COLUMNS, folder.resolve("terminal.txt"), Map.of(), follow())) {
            logs.await("what the job prints", () -> logs.printed().contains("step 1"));
            logs.type(CONTROL_C);

            assertThat(logs.exitCode()).as(logs.printed()).isEqualTo(ENDED_BY_SIGINT);
            assertGoesOn(logs);
        }
    }

    private String[] follow() {
        return new String[] {
            "logs", "a", "--follow", "--address", fake.address().toString()
        };
    }

    private void assertGoesOn(RlhfProcess ended) {
        String where = " --address " + fake.address();
        assertThat(ended.printed())
                .contains("this command is ended, and job a goes on in its cluster")
                .contains("rlhf status a" + where, "rlhf logs a --follow" + where, "rlhf stop a" + where)
                .doesNotContain("stopped", "go on with");
        assertThat(fake.requests()).noneMatch(request -> request.endsWith("/stop"));
    }
}
