package dev.rlhf.rollout;

import dev.rlhf.testing.GenerationServerContract;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A vLLM server that is running somewhere speaks the protocol the embedded server speaks.
 *
 * <p>{@code ./mvnw verify -Pit -pl rlhf-rollout -am -Drlhf.vllm.endpoint=http://host:8000 -Drlhf.vllm.models=DIR
 * -Drlhf.vllm.context=256 -Drlhf.vllm.vocabulary=32}, with the model directories {@code DIR/0} (which it was started with) and
 * {@code DIR/1}.
 */
@EnabledIfSystemProperty(named = "rlhf.vllm.endpoint", matches = "http.*", disabledReason = "no vLLM server was named")
class VllmServerIT extends GenerationServerContract {
    @Override
    protected URI endpoint() {
        return URI.create(System.getProperty("rlhf.vllm.endpoint", ""));
    }

    @Override
    protected String modelName() {
        return System.getProperty("rlhf.vllm.model", "policy");
    }

    @Override
    protected Path model(int number) {
        return Path.of(System.getProperty("rlhf.vllm.models", ""), String.valueOf(number));
    }

    @Override
    protected int contextLength() {
        return Integer.getInteger("rlhf.vllm.context", 0);
    }

    @Override
    protected int vocabularySize() {
        return Integer.getInteger("rlhf.vllm.vocabulary", 0);
    }
}
