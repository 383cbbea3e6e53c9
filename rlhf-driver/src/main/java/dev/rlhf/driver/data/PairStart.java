package dev.rlhf.driver.data;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.rollout.RolloutEngine;
import java.util.function.Supplier;

/**
 * What pairs are read or made with.
 *
 * @param loader reads data sets
 * @param policy draws from the model that the stage starts from; asked for only where samples are needed
 * @param seed seed of the stage, or of that whose pairs they are
 * @param state how far the stage has drawn
 */
public record PairStart(DataLoader loader, Supplier<RolloutEngine> policy, Seed seed, LoopState state) {}
