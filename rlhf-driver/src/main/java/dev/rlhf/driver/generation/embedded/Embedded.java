package dev.rlhf.driver.generation.embedded;

import dev.rlhf.actors.GenerationPlace;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.Range;
import dev.rlhf.driver.config.GenerationKind;
import dev.rlhf.learner.decoder.SelfTest;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Our own server, inside each rollout actor.
 *
 * @param maxBatch most sequences decoded together
 * @param threads intra-op threads of each server; part of the result's identity. More cores are better used by more rollout
 *     actors
 * @param contextLength optional: most tokens of prompt and response together, which bounds the memory of keys and values;
 *     null is what the model can
 * @param largestGap largest difference between what server and learner say of one token, in nats, before the run stops; a learner of
 *     {@code precision: bfloat16} needs about 0.3, since this server computes in float32
 */
@Block(value = "generation", kinds = "embedded")
public record Embedded(
        @Range(min = 1) int maxBatch,
        @Range(min = 1, max = 256) int threads,
        @Changeable @Range(min = 1) @Nullable Integer contextLength,
        @Changeable @Range(above = 0) double largestGap)
        implements GenerationKind {
    @Override
    public GenerationPlace place(Path base, int actor, int actors) {
        return new GenerationPlace.Embedded(base.toAbsolutePath().toString(), maxBatch, threads, contextLength);
    }

    @Override
    public int servers(int actors) {
        return actors;
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public Optional<String> waiting() {
        return Optional.empty();
    }

    @Override
    public Optional<String> doubt() {
        return SelfTest.failure(threads).map(SelfTest.Failure::sentence);
    }

    @Override
    public String words() {
        return "embedded server";
    }
}
