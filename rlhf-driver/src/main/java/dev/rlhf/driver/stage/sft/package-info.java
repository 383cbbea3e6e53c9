/** Supervised fine-tuning, whole: its block, its stage, its words. */
@NullMarked
package dev.rlhf.driver.stage.sft;

import org.jspecify.annotations.NullMarked;
