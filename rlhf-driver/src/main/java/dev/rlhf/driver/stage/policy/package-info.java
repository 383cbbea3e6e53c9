/** Policy optimisation on samples of the policy itself, whole: its block, its stage, its words. */
@NullMarked
package dev.rlhf.driver.stage.policy;

import org.jspecify.annotations.NullMarked;
