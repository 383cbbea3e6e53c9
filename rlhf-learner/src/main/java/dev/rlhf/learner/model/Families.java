package dev.rlhf.learner.model;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.List;

/** The families of models that are known. */
public final class Families {
    private static final List<Family> ALL = List.of(
            new Llama(),
            new Mistral(),
            new Qwen2(),
            new Qwen3(),
            new Gemma2(),
            new Gemma3(),
            new SmolLm3(),
            new Phi3(),
            new Olmo2(),
            new Gpt2(),
            new GptNeoX());

    private Families() {}

    /** The {@code model_type} of each. */
    public static List<String> modelTypes() {
        return ALL.stream().map(Family::modelType).toList();
    }

    /**
     * The family of a {@code model_type}.
     *
     * @param file the config.json that has it, for the message
     * @throws RlhfException USER naming it and those that are known
     */
    public static Family of(String modelType, Path file) {
        return ALL.stream()
                .filter(family -> family.modelType().equals(modelType))
                .findFirst()
                .orElseThrow(() -> RlhfException.user(file + ": model_type is '" + modelType
                        + "', which is not supported; those that are: " + String.join(", ", modelTypes())));
    }
}
