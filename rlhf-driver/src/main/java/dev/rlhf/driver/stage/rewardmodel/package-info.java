/** Reward models, whole: their block, their stage, their words. */
@NullMarked
package dev.rlhf.driver.stage.rewardmodel;

import org.jspecify.annotations.NullMarked;
