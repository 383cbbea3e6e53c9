package dev.rlhf.learner.model;

/** A family of models: how a config.json of its {@code model_type} becomes blocks. */
public interface Family {
    /** Its {@code model_type} in config.json. */
    String modelType();

    /** Name of the class that transformers has for it with a language-model head. */
    String languageModel();

    /** Name of the class that transformers has for it with a one-output head. */
    String scorer();

    /**
     * The decoder that a config.json describes.
     *
     * @throws dev.rlhf.core.base.RlhfException USER when a key is missing or of no use
     */
    ModelConfig read(ConfigKeys keys);
}
