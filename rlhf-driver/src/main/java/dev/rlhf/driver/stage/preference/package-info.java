/** Learning from preferences without a reward model, whole: its block, its stage, its words. */
@NullMarked
package dev.rlhf.driver.stage.preference;

import org.jspecify.annotations.NullMarked;
