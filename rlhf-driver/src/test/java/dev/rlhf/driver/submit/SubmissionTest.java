package dev.rlhf.driver.submit;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.testing.ray.FakeJobServer;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to a cluster, and how often. */
class SubmissionTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Submission.Label LABEL =
            new Submission.Label("job-1", "/runs/it's mine", "./rlhf submit small.yaml --resume --out '/runs/x'");

    @TempDir
    private Path folder;

    private final FakeJobServer fake = FakeJobServer.start();
    private Path recipe;

    @BeforeEach
    void writeRecipe() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/words of mine.jsonl"), "{}\n");
        Files.createDirectories(folder.resolve("model"));
        Files.writeString(folder.resolve("model/config.json"), "{\"a\": 1}");
        Files.writeString(folder.resolve("model/tokenizer.json"), "{}");
        recipe = Files.writeString(folder.resolve("small.yaml"), """
                name: small
                model: {kind: directory, path: model}
                stages:
                  - {name: sft, kind: sft, steps: 1, data: {kind: completions, path: data/words of mine.jsonl}}
                """);
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    @Test
    void theRecipeAndItsFilesTravelAndAreFoundWhereTheyLie() throws IOException {
        start(submission(List.of(), Optional.of(Path.of("/opt/rlhf")), "seed=5"));

        JsonNode job = JSON.readTree(fake.submitted().get(0));
        String working = job.path("runtime_env").path("working_dir").asText();
        Map<String, String> files = unzip(working);
        assertThat(files)
                .containsOnlyKeys(
                        "files/0/model/config.json",
                        "files/0/model/tokenizer.json",
                        "files/1/words of mine.jsonl",
                        "recipe/small.yaml")
                .containsEntry("recipe/small.yaml", Files.readString(recipe))
                .containsEntry("files/0/model/config.json", "{\"a\": 1}");
        assertThat(job.path("runtime_env").has("java_jars")).isFalse();
        assertThat(job.path("submission_id").asText()).isEqualTo("job-1");
        assertThat(job.path("metadata").path("rlhf_out").asText()).isEqualTo("/runs/it's mine");
        assertThat(job.path("entrypoint").asText())
                .isEqualTo("RLHF_RESUME_COMMAND='./rlhf submit small.yaml --resume --out '\\''/runs/x'\\''' "
                        + "sh /opt/rlhf/rlhf run recipe/small.yaml --out '/runs/it'\\''s mine' --set seed=5 "
                        + "--set 'model.path='\\''files/0/model'\\''' "
                        + "--set 'stages.sft.data.path='\\''files/1/words of mine.jsonl'\\''' --set runtime=ray");
    }

    @Test
    void theSettingsOfTheEntrypointLeadBackToTheSameRecipe() throws IOException {
        start(submission(List.of(), Optional.of(Path.of("/opt/rlhf"))));
        JsonNode job = JSON.readTree(fake.submitted().get(0));
        unzip(job.path("runtime_env").path("working_dir").asText()).forEach((name, text) -> {
            try {
                Path file = folder.resolve("node").resolve(name);
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Path there = folder.resolve("node").toRealPath();

        // As the driver reads it in its working directory.
        Recipe read = Recipes.readWith(
                there.resolve("recipe/small.yaml"),
                RecipeFiles.of(Recipes.read(recipe, List.of()), List.of()).settings().stream()
                        .map(text -> new Setting(text, there))
                        .toList());

        assertThat(Recipes.write(read)).contains(there.resolve("files/0/model").toString());
        assertThat(there.resolve("files/1/words of mine.jsonl")).exists();
        assertThat(Recipes.write(read))
                .contains(there.resolve("files/1/words of mine.jsonl").toString());
    }

    @Test
    void theProgramIsSentOnceAndOnlyWhatIsNewAfterwards() throws IOException {
        List<String> first = start(submission(List.of(), Optional.empty()));
        int packages = fake.packages().size();
        assertThat(packages).as("ours, the libraries, the working directory").isEqualTo(3);
        assertThat(first).hasSize(packages).allMatch(line -> line.startsWith("sending _ray_pkg_"));
        JsonNode environment = JSON.readTree(fake.submitted().get(0)).path("runtime_env");
        assertThat(environment.path("java_jars")).hasSize(packages - 1);
        Map<String, String> working = unzip(environment.path("working_dir").asText());
        assertThat(working).containsKeys("rlhf", "config/jvm.options", "class-path", "recipe/small.yaml");
        assertThat(working.getOrDefault("class-path", "").lines())
                .hasSize(2 * (packages - 1))
                .allMatch(line -> line.startsWith("../../java_jars_files/_ray_pkg_"));

        Files.writeString(folder.resolve("model/config.json"), "{\"a\": 2}");
        List<String> second = start(submission(List.of(), Optional.empty()));

        assertThat(second.stream().filter(line -> line.startsWith("sending"))).hasSize(1);
        assertThat(fake.packages()).hasSize(packages + 1);
    }

    @Test
    void whatEveryNodeSeesStaysWhereItIs() throws IOException {
        start(submission(List.of(folder.resolve("model")), Optional.of(Path.of("/opt/rlhf"))));

        JsonNode job = JSON.readTree(fake.submitted().get(0));
        assertThat(unzip(job.path("runtime_env").path("working_dir").asText()))
                .containsOnlyKeys("files/0/words of mine.jsonl", "recipe/small.yaml");
        assertThat(job.path("entrypoint").asText()).doesNotContain("model.path");
    }

    @Test
    void aFileThatIsNotHereIsNamedWithItsKey() throws IOException {
        Files.delete(folder.resolve("data/words of mine.jsonl"));

        assertFails(
                () -> start(submission(List.of(), Optional.of(Path.of("/opt/rlhf")))),
                ErrorKind.USER,
                "stages.sft.data.path: there is no " + folder.resolve("data/words of mine.jsonl"),
                "--shared " + folder.resolve("data"));
        assertThat(fake.packages()).isEmpty();
    }

    @Test
    void filesThatAreTooManyAreRefusedBeforeTheyAreSent() throws IOException {
        byte[] noise = new byte[97 << 20];
        new Seed(1).random().nextBytes(noise);
        Files.write(folder.resolve("model/model.safetensors"), noise);

        assertFails(
                () -> start(submission(List.of(), Optional.of(Path.of("/opt/rlhf")))),
                ErrorKind.USER,
                "come to 97 MiB, and a job may bring 96 MiB",
                "--shared");
        assertThat(fake.packages()).isEmpty();
    }

    @Test
    void aJobWhoseAnswerWasLostIsNotLost() {
        fake.answer("POST /api/jobs/", Answer.broken());
        fake.answer("GET /api/jobs/job-1", RecordedJob.answer("pending"));
        start(submission(List.of(), Optional.of(Path.of("/opt/rlhf"))));

        fake.answer("GET /api/jobs/job-1", new Answer(404, "Job job-1 does not exist"));
        assertFails(
                () -> start(submission(List.of(), Optional.of(Path.of("/opt/rlhf")))),
                ErrorKind.TRANSIENT,
                "no Ray job server answers at");
    }

    private Submission submission(List<Path> shared, Optional<Path> home, String... settings) {
        return new Submission(
                Recipes.read(recipe, List.of(settings)),
                recipe,
                List.of(settings),
                shared,
                home,
                List.of("--out", LABEL.out()));
    }

    private List<String> start(Submission submission) {
        List<String> said = new ArrayList<>();
        submission.start(
                new JobServer(fake.address(), Optional.empty(), Duration.ofSeconds(30)), LABEL, program(), said::add);
        return said;
    }

    /** Of three small jars; that one of them is a library and two are ours does not matter here. */
    private Program program() {
        try {
            List<Path> jars = new ArrayList<>();
            for (String name : List.of("rlhf-core.jar", "rlhf-driver.jar", "library.jar")) {
                jars.add(Files.writeString(folder.resolve(name), name));
            }
            return new Program(PROJECT, jars);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> unzip(String uri) throws IOException {
        byte[] zip = fake.packages().get(uri.substring("gcs://".length()));
        Map<String, String> files = new TreeMap<>();
        try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                files.put(entry.getName(), new String(entries.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }
}
