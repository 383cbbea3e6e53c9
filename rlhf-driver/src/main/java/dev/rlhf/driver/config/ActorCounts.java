package dev.rlhf.driver.config;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Range;

/**
 * How many actors of each role; the numbers never change a result.
 *
 * @param rollout actors that draw samples; never changes a result
 * @param reward actors that score them; never changes a result
 */
@Block("actors")
public record ActorCounts(
        @Range(min = 1, max = 1024) int rollout,
        @Range(min = 1, max = 1024) int reward) {}
