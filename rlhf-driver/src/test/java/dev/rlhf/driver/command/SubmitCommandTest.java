package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of submitted jobs: what they say, and their exit codes. */
class SubmitCommandTest {
    private static final String RUNNING = "{\"status\": \"RUNNING\", \"metadata\": {\"rlhf_out\": \"/runs/a\"}}";
    private static final String FAILED = """
            {"status": "FAILED", "driver_exit_code": 4, "message": "failed with exit code 4, last:\\nrlhf: numbers are not finite",
             "metadata": {"rlhf_out": "/runs/a", "rlhf_resume": "./rlhf submit a.yaml --resume"}}""";

    private final FakeJobServer fake = FakeJobServer.start();

    @TempDir
    private Path folder;

    @AfterEach
    void stopServer() {
        fake.close();
    }

    @Test
    void aJobIsSubmittedAndItsFollowingCommandTold() {
        SmallRecipe small = new SmallRecipe(folder);
        Path recipe = small.with(SmallRecipe.SFT);

        Invocation submitted = command(
                "submit", recipe.toString(), "--home", "/opt/rlhf", "--out", "/runs/a", "--metrics-port", "9090");

        submitted.assertDone();
        String id = submitted
                .out()
                .lines()
                .filter(line -> line.startsWith("job "))
                .findFirst()
                .orElseThrow()
                .split(" ", 3)[1];
        assertThat(id).matches("rlhf-small-\\d{8}-\\d{6}");
        assertThat(submitted.out())
                .contains("its run in /runs/a", "logs " + id + " --follow --address " + fake.address());
        assertThat(fake.submitted()).hasSize(1);
        assertThat(fake.submitted().get(0))
                .contains("\"submission_id\":\"" + id + "\"", "--out /runs/a --metrics-port 9090", "--set runtime=ray")
                .contains("submit " + recipe + " --resume --out /runs/a --address " + fake.address()
                        + " --home /opt/rlhf");
    }

    @Test
    void aMistakeInTheRecipeIsToldBeforeAnythingIsSent() {
        Path recipe = new SmallRecipe(folder).text(SmallRecipe.HEAD + "stages: []\n");

        command("submit", recipe.toString(), "--home", "/opt/rlhf").assertRefused(2, "stages", "at least one stage");
        assertThat(fake.requests()).isEmpty();
    }

    @Test
    void resumingNeedsADirectory() {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);

        command("submit", recipe.toString(), "--resume").assertRefused(2, "--resume needs --out DIR");
    }

    @Test
    void followingEndsWithTheExitCodeOfTheRun() {
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING), Answer.of(FAILED));
        fake.answer(
                "GET /api/jobs/a/logs",
                Answer.of("{\"logs\": \"step 1\\n\"}"),
                Answer.of("{\"logs\": \"step 1\\nstep 2\\n\"}"));

        Invocation followed = command("logs", "a", "--follow");

        assertThat(followed.exitCode()).isEqualTo(4);
        assertThat(followed.out())
                .isEqualToNormalizingNewlines("step 1\nstep 2\njob a ended with exit code 4: numbers are not finite\n");
    }

    @Test
    void statusSaysHowAJobIs() {
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING), Answer.of(FAILED));

        assertThat(command("status", "a").assertDone().out()).contains("job a is running; its run is in /runs/a");
        assertThat(command("status", "a").exitCode()).isEqualTo(4);
        command("status", "b").assertRefused(2, "there is no job b at " + fake.address());
    }

    @Test
    void logsWithoutFollowingAreWhatThereIs() {
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING));
        fake.answer("GET /api/jobs/a/logs", Answer.of("{\"logs\": \"step 1\\n\"}"));

        assertThat(command("logs", "a").assertDone().out()).isEqualTo("step 1\n");
    }

    @Test
    void stoppingWaitsForTheEndAndLeavesAFinishedJobAlone() {
        String stopped = RUNNING.replace("RUNNING", "STOPPED");
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING), Answer.of(RUNNING), Answer.of(stopped));
        fake.answer("POST /api/jobs/a/stop", Answer.of("{\"stopped\": true}"));

        assertThat(command("stop", "a").assertDone().out()).contains("job a was stopped");
        assertThat(command("stop", "a").assertDone().out()).contains("job a was stopped");
        assertThat(fake.requests().stream().filter("POST /api/jobs/a/stop"::equals))
                .hasSize(1);
    }

    @Test
    void withoutAClusterEveryCommandIsOneSentence() {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);
        for (List<String> words : List.of(
                List.of("status", "a"),
                List.of("logs", "a"),
                List.of("stop", "a"),
                List.of("submit", recipe.toString()))) {
            List<String> all = new ArrayList<>(words);
            all.addAll(List.of("--address", "http://127.0.0.1:1"));
            Invocation.of(all.toArray(String[]::new))
                    .assertRefused(3, "no Ray job server answers at http://127.0.0.1:1/ (connection refused)");
        }
    }

    private Invocation command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--address", fake.address().toString()));
        return Invocation.of(all.toArray(String[]::new));
    }
}
