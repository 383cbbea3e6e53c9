package dev.rlhf.driver.model;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.data.RemoteName;
import dev.rlhf.learner.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Hugging Face model directory.
 *
 * @param path the directory, relative to the recipe
 */
@Block(value = "model", kinds = "directory")
public record GivenModel(Path path) implements ModelRecipe {
    @Override
    public Path build(Seed seed, Path directory) {
        if (!Files.isDirectory(path)) {
            RemoteName.refuseModel(path);
            throw RlhfException.user("no such model directory: " + path);
        }
        ModelDirectory.of(path).check();
        return path;
    }

    @Override
    public Path tokenizer(Path directory) {
        return build(new Seed(0), directory);
    }

    @Override
    public Path place(Path made) {
        return path;
    }

    @Override
    public String words() {
        return String.valueOf(path.getFileName());
    }
}
