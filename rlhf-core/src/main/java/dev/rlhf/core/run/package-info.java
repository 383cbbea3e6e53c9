/** What a run reports of itself. */
@NullMarked
package dev.rlhf.core.run;

import org.jspecify.annotations.NullMarked;
