package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.submit.FakeKubernetes;
import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
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

    private static final String PODS = """
            apiVersion: ray.io/v1
            kind: RayJob
            metadata: {name: mine}
            spec:
              rayClusterSpec:
                headGroupSpec:
                  rayStartParams: {}
                  template: {spec: {containers: [{name: ray, image: rlhf}]}}
            """;

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
        assertThat(id).matches("rlhf-small-\\d{8}-\\d{6}-[0-9a-f]{4}");
        assertThat(submitted.out())
                .contains("its run in /runs/a", "logs " + id + " --follow --address " + fake.address());
        assertThat(fake.submitted()).hasSize(1);
        assertThat(fake.submitted().get(0))
                .contains("\"submission_id\":\"" + id + "\"", "--out /runs/a --metrics-port 9090", "--set runtime=ray")
                .contains("submit " + recipe + " --resume --out /runs/a --home /opt/rlhf --metrics-port 9090 --address "
                        + fake.address());
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
        command("submit", recipe.toString(), "--out", "/runs/a", "--accept-changed-inputs")
                .assertRefused(2, "--accept-changed-inputs is of use with --resume only");
        assertThat(fake.requests()).isEmpty();
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

    /** Only the cluster sees the directory: the driver refuses it there as run does here, and whoever follows ends with its exit code. */
    @Test
    void aDirectoryThatHoldsARunIsNotTrainedAgain() {
        String held = "/runs/a holds a run already; add --resume to go on with it, or choose another --out";
        fake.answer(
                "GET /api/jobs/a",
                Answer.of(FAILED.replace("code\": 4", "code\": 2")
                        .replace("exit code 4", "exit code 2")
                        .replace("numbers are not finite", held)));
        fake.answer("GET /api/jobs/a/logs", Answer.of("{\"logs\": \"\"}"));

        Invocation followed = command("logs", "a", "--follow");

        assertThat(followed.exitCode()).isEqualTo(2);
        assertThat(followed.out()).contains("job a ended with exit code 2: " + held);
        // Whoever did not follow learns it likewise.
        Invocation asked = command("status", "a");
        assertThat(asked.exitCode()).isEqualTo(2);
        assertThat(asked.out()).isEqualToNormalizingNewlines("job a ended with exit code 2: " + held + "\n");
    }

    @Test
    void aDirectoryThatIsSeenToBeUsedFromHereIsRefusedBeforeAnythingIsSent() throws IOException {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);
        Path out = Files.createDirectory(folder.resolve("used"));
        String[] words = {"submit", recipe.toString(), "--home", "/opt/rlhf", "--out", out.toString()};
        Path notes = Files.writeString(out.resolve("notes.txt"), "mine");

        command(words).assertRefused(2, out + " holds notes.txt, which is not of a run; choose an empty");
        Files.delete(notes);
        Files.writeString(out.resolve("resolved.yaml"), "name: a");
        command(words).assertRefused(2, out + " holds a run already; add --resume to go on with it");
        assertThat(fake.requests()).isEmpty();

        List<String> resumed = new ArrayList<>(List.of(words));
        resumed.add("--resume");
        command(resumed.toArray(String[]::new)).assertDone();
        assertThat(fake.submitted()).hasSize(1);
    }

    @Test
    void statusSaysHowAJobIs() {
        fake.answer("GET /api/jobs/a", Answer.of(RUNNING), Answer.of(FAILED));

        assertThat(command("status", "a").assertDone().out()).contains("job a is running; its run is in /runs/a");
        assertThat(command("status", "a").exitCode()).isEqualTo(4);
        for (String name : List.of("status", "stop", "logs")) {
            command(name, "b")
                    .assertRefused(
                            2,
                            "there is no job b at " + fake.address(),
                            "rlhf submit RECIPE.yaml --resume --out DIR --address " + fake.address());
        }
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

    @Test
    void aRayJobOfKubernetesIsMadeAndFollowedToTheExitCodeOfItsRun() throws IOException {
        Path recipe = new SmallRecipe(folder).with(SmallRecipe.SFT);
        Path pods = Files.writeString(folder.resolve("pods.yaml"), PODS);
        try (FakeKubernetes kubernetes = FakeKubernetes.start()) {
            kubernetes.statuses("""
                    {"jobDeploymentStatus": "Failed", "jobStatus": "FAILED", "jobId": "x", "dashboardURL": "",
                     "message": "Job entrypoint command failed with exit code 3, last available logs:\\nrlhf: no disk; go on with: ./rlhf run --resume"}""");
            List<String> there = List.of(
                    "--kubernetes",
                    "--kubeconfig",
                    kubernetes.kubeconfig(folder).toString());
            List<String> words = new ArrayList<>(
                    List.of("submit", recipe.toString(), "--pods", pods.toString(), "--out", "/runs/a", "--follow"));
            words.addAll(there);

            Invocation followed = Invocation.of(words.toArray(String[]::new));

            assertThat(followed.exitCode()).as(followed.out()).isEqualTo(3);
            String id = kubernetes.only("rayjobs").path("metadata").path("name").asText();
            assertThat(id).matches("rlhf-small-\\d{8}-\\d{6}-[0-9a-f]{4}").hasSizeLessThanOrEqualTo(47);
            assertThat(followed.out())
                    .contains("job " + id + " at namespace ml of " + kubernetes.address())
                    .contains("job " + id + " ended with exit code 3: no disk; go on with: ")
                    .contains("submit " + recipe + " --resume --out /runs/a --pods " + pods
                            + " --kubernetes --kubeconfig ");
            assertThat(kubernetes.mounted("run.sh"))
                    .startsWith("cd /etc/rlhf-job\nRLHF_RESUME_COMMAND=")
                    .endsWith("\nexport RLHF_RESUME_COMMAND\nexec sh /opt/rlhf/rlhf run recipe/small.yaml --out /runs/a"
                            + " --set runtime=ray\n");

            List<String> status = new ArrayList<>(List.of("status", id));
            status.addAll(there);
            assertThat(Invocation.of(status.toArray(String[]::new)).exitCode()).isEqualTo(3);
        }
    }

    @Test
    void optionsThatDoNotGoTogetherAreRefused() {
        String recipe = new SmallRecipe(folder).with(SmallRecipe.SFT).toString();

        Invocation.of("status", "a", "--address", "")
                .assertRefused(2, "the address of a Ray cluster's job server is empty; write that of its dashboard");
        Invocation.of("submit", recipe, "--kubernetes").assertRefused(2, "--kubernetes needs --out DIR");
        Invocation.of("submit", recipe, "--kubernetes", "--out", "/runs/a")
                .assertRefused(2, "--kubernetes needs --pods FILE");
        command("submit", recipe, "--pods", "pods.yaml").assertRefused(2, "--pods goes with --kubernetes");
        command("status", "a", "--namespace", "ml").assertRefused(2, "go with --kubernetes");
        command("status", "a", "--kubernetes").assertRefused(2, "leave one of them out");
        assertThat(fake.submitted()).isEmpty();
    }

    private Invocation command(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--address", fake.address().toString()));
        return Invocation.of(all.toArray(String[]::new));
    }
}
