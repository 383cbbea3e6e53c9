package dev.rlhf.driver.config;

import dev.rlhf.core.base.Seed;
import java.nio.file.Path;

/** The model a run starts from. */
public interface ModelRecipe {
    /**
     * The directory of the model: {@code directory}, where it is made, or the given one, which is checked.
     *
     * <p>Equal recipe and seed give equal bytes.
     *
     * @throws dev.rlhf.core.base.RlhfException USER when a given model or tokenizer is missing or none we can use
     */
    Path build(Seed seed, Path directory);

    /** A directory with as much of the model as is needed to read data, in {@code directory} where it is made; weights are not. */
    Path tokenizer(Path directory);

    /** Where the model of a run stands that keeps what it makes in {@code made}. */
    Path place(Path made);

    /** What a report says of it. */
    String words();
}
