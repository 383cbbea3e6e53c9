/** What answers and scores are worth, in numbers: pure functions of what was measured. */
@NullMarked
package dev.rlhf.core.measure;

import org.jspecify.annotations.NullMarked;
