package dev.rlhf.driver.checkpoint;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a run.
 *
 * @param root absolute path of the run's directory
 */
public record RunDirectory(Path root) {
    /** What a start leaves that ended before its run began. */
    private static final Set<String> OF_A_START = Set.of(
            ".lock",
            "rlhf.log",
            "rlhf.log.lck",
            "recipe.yaml",
            ".recipe.yaml.tmp",
            "settings.json",
            ".settings.json.tmp",
            "inputs.json",
            ".inputs.json.tmp",
            ".resolved.yaml.tmp",
            Recipe.BASE);

    /** A file or folder that no run and no start of one has left here, if there is one; it must not be written over. */
    private Optional<String> foreign() throws IOException {
        if (!Files.isDirectory(root)) {
            return Optional.empty();
        }
        boolean started = Files.exists(lock());
        try (Stream<Path> found = Files.list(root)) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> !started || !OF_A_START.contains(name))
                    .sorted()
                    .findFirst();
        }
    }

    /** Whether a run has begun here. */
    public boolean holdsRun() {
        return Files.exists(resolved());
    }

    /** Throws USER when a run has begun here, or when there is what no run has left. */
    public void requireUnused() {
        if (holdsRun()) {
            throw RlhfException.user(
                    root + " holds a run already; add --resume to go on with it, or choose another --out");
        }
        requireNothingForeign();
    }

    /** Throws USER when there is what no run and no start of one has left. */
    public void requireNothingForeign() {
        try {
            foreign().ifPresent(name -> {
                throw RlhfException.user(root + " holds " + name
                        + ", which is not of a run; choose an empty or a new folder with --out");
            });
        } catch (IOException refused) {
            throw RlhfException.resource("cannot read " + root + ": " + FileFault.reason(refused), refused);
        }
    }

    /** The recipe as given. */
    public Path recipe() {
        return root.resolve("recipe.yaml");
    }

    /** The settings made over the recipe. */
    public Path settings() {
        return root.resolve("settings.json");
    }

    /** The SHA-256 of every file that the recipe points to. */
    public Path inputs() {
        return root.resolve("inputs.json");
    }

    /** The recipe with every key written out. */
    public Path resolved() {
        return root.resolve("resolved.yaml");
    }

    /** One JSON object a step. */
    public Path metrics() {
        return root.resolve("metrics.jsonl");
    }

    /** A few completions of each step. */
    public Path samples() {
        return root.resolve("samples.jsonl");
    }

    /** What each stage came to. */
    public Path summary() {
        return root.resolve("summary.json");
    }

    /** The page for people. */
    public Path report() {
        return root.resolve("report.html");
    }

    /** The processor the run began on. */
    public Path processor() {
        return root.resolve("processor.json");
    }

    /** What was logged. */
    public Path log() {
        return root.resolve("rlhf.log");
    }

    /** The batch of a step whose numbers were not finite. */
    public Path divergedBatch() {
        return root.resolve("diverged-batch.json");
    }

    /** The lock of the process that writes here. */
    public Path lock() {
        return root.resolve(".lock");
    }

    /** The random model a run starts from. */
    public Path base() {
        return root.resolve(Recipe.BASE);
    }

    /** The model a stage left. */
    public Path stage(String name) {
        return root.resolve("stages").resolve(name);
    }

    /** The model of a stage's best evaluation. */
    public Path best(String name) {
        return root.resolve("best").resolve(name);
    }

    /** One JSON object an evaluation. */
    public Path evaluations() {
        return root.resolve("evaluations.jsonl");
    }

    /** Weights on their way to the generation servers, a folder a version. */
    public Path weights() {
        return root.resolve("weights");
    }

    /** Checkpoints, a folder each. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** The final model. */
    public Path model() {
        return root.resolve("model");
    }
}
