package dev.rlhf.actors;

import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.testing.GenerationServerContract;
import dev.rlhf.testing.vllm.LocalVllm;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real vLLM speaks the protocol the embedded server speaks. */
class VllmServerIT extends GenerationServerContract {
    @TempDir
    static Path models;

    private static @Nullable LocalVllm server;

    @BeforeAll
    static void start() {
        SmallModel.ofVllm(models.resolve("0"), 1, false);
        SmallModel.ofVllm(models.resolve("1"), 2, false);
        server = LocalVllm.start(LocalVllm.Settings.right(models.resolve("0"))).awaitHealthy();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected URI endpoint() {
        if (server == null) {
            throw new AssertionError("no server was started");
        }
        return server.endpoint();
    }

    @Override
    protected String modelName() {
        return "policy";
    }

    @Override
    protected Path model(int number) {
        return models.resolve(String.valueOf(number));
    }

    @Override
    protected int contextLength() {
        return SmallModel.CONTEXT;
    }

    @Override
    protected int vocabularySize() {
        return ModelConfig.read(model(0)).vocabularySize();
    }
}
