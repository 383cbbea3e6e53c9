package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Precision;
import dev.rlhf.driver.track.TrackerKind;
import java.nio.file.Path;
import java.util.List;

/**
 * All that a run does, in order.
 *
 * @param name name of the run, part of its directory's name
 * @param seed every random draw is derived from it
 * @param threads threads that share a batch in each network that learns or scores; part of the result's identity
 * @param recompute whether a network that learns keeps no more than the input of each layer until the way back, and computes the layer once
 *     more then: much less memory, a third more time, the same bits
 * @param precision numbers of the weights, and of what is computed with them, in each network that learns or scores; part of the result's
 *     identity: with {@code bfloat16} these are half the size, the optimiser keeps a float32 master of each weight (18 bytes a weight that
 *     learns instead of 16), and models are saved as they were computed with, rounded. Processors without products of bfloat16 compute these in
 *     float32, which is no faster. The embedded server computes in float32 always, so {@code generation.largest-gap} must be wider
 * @param device where each network that learns or scores is computed; part of the result's identity. {@code cuda} is the first GPU of NVIDIA
 *     that its process sees, and wants a libtorch for CUDA (docs/gpu.md). The embedded server computes on the CPU always, from which a GPU
 *     differs by rounding
 * @param runtime where actors live: threads of this process, or processes of a Ray cluster
 * @param deadlineSeconds longest wait for one actor call, in seconds
 * @param actors how many actors of each role
 * @param generation the server that draws samples
 * @param jars jars with a user's own kinds of reward, relative to the recipe
 * @param model the model that stages call {@code base}
 * @param checkpoint when to write checkpoints and how many to keep
 * @param trackers what is told the run's numbers beside the files of its directory
 * @param stages the stages, in order
 */
@Block("recipe")
public record Recipe(
        @Changeable String name,
        @Range(min = 0) long seed,
        @Range(min = 1, max = 256) int threads,
        boolean recompute,
        Precision precision,
        Device device,
        RuntimeKind runtime,
        @Changeable @Range(min = 1) int deadlineSeconds,
        @Changeable ActorCounts actors,
        GenerationKind generation,
        List<Path> jars,
        ModelRecipe model,
        @Changeable CheckpointRecipe checkpoint,
        @Changeable List<TrackerKind> trackers,
        List<StageRecipe> stages) {
    /** What stages call the model they do not get from an earlier stage. */
    public static final String BASE = "base";

    /** Keeps its own copies and checks what one key asks of another; throws USER naming the key. */
    public Recipe {
        jars = List.copyOf(jars);
        trackers = List.copyOf(trackers);
        stages = List.copyOf(stages);
        RecipeChecks.check(name, stages);
        RecipeChecks.checkGap(precision, generation, stages);
    }

    /** The seed every random draw is derived from. */
    public Seed runSeed() {
        return new Seed(seed);
    }
}
