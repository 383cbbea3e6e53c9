/** Models that are brought in, whole: their block, their stage, their words. */
@NullMarked
package dev.rlhf.driver.stage.given;

import org.jspecify.annotations.NullMarked;
