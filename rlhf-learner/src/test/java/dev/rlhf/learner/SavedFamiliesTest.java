package dev.rlhf.learner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.learner.files.JsonFile;
import dev.rlhf.learner.model.ModelConfig;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A model of any family that was saved is read as the model that it was. */
class SavedFamiliesTest {
    @TempDir
    private Path directory;

    static Stream<String> names() throws IOException, URISyntaxException {
        return FamiliesTest.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsSavedIsReadAsItWas(String name) throws IOException {
        Path golden = GoldenCase.of("families/" + name).directory();
        assertThat(saved(golden)).isEqualTo(ModelConfig.read(golden));
        if (Files.exists(golden.resolve("config4.json"))) {
            Path older = Files.createDirectories(directory.resolve("older"));
            Files.copy(golden.resolve("model.safetensors"), older.resolve("model.safetensors"));
            Files.copy(golden.resolve("config4.json"), older.resolve(ModelConfig.FILE));
            assertThat(saved(older)).isEqualTo(ModelConfig.read(golden));
        }
    }

    /** The default of a family is not Llama's. */
    @Test
    void aThetaThatIsNotNamedStays() throws IOException {
        Path golden = GoldenCase.of("families/smollm3").directory();
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.copy(golden.resolve("model.safetensors"), source.resolve("model.safetensors"));
        ObjectNode json = JsonFile.read(golden.resolve(ModelConfig.FILE)).deepCopy();
        json.remove("rope_parameters");
        json.putObject("rope_scaling").put("rope_type", "linear").put("factor", 2.0);
        JsonFile.write(source.resolve(ModelConfig.FILE), json);
        ModelConfig config = saved(source);
        assertThat(config.architecture().turns())
                .hasSize(1)
                .allSatisfy(turns -> assertThat(turns.rotary().theta()).isEqualTo(2_000_000));
    }

    private ModelConfig saved(Path source) throws IOException {
        Path target = Files.createTempDirectory(directory, "saved");
        try (DjlNetwork network =
                DjlNetwork.open(new NetworkSettings(source.toString(), Head.LANGUAGE_MODEL, 1000, 1, new Seed(1)))) {
            network.save(target);
        }
        return ModelConfig.read(target);
    }
}
