package dev.rlhf.serve;

import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.learner.model.ModelConfig;
import dev.rlhf.testing.GenerationServerContract;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The embedded server speaks vLLM's protocol. */
class EmbeddedServerContractTest extends GenerationServerContract {
    @TempDir
    static Path directory;

    private static GenerationServer server;

    @BeforeAll
    static void start() {
        SmallModel.in(directory.resolve("0"), 1);
        SmallModel.in(directory.resolve("1"), 2);
        server = GenerationServer.start(
                new GenerationSettings(directory.resolve("0"), "127.0.0.1", 0, "policy", 8, 1, null));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected URI endpoint() {
        return server.endpoint();
    }

    @Override
    protected String modelName() {
        return "policy";
    }

    @Override
    protected Path model(int number) {
        return directory.resolve(String.valueOf(number));
    }

    @Override
    protected int contextLength() {
        return 256;
    }

    @Override
    protected int vocabularySize() {
        return ModelConfig.read(model(0)).vocabularySize();
    }
}
