/** New weights on their way to the generation servers. */
@NullMarked
package dev.rlhf.core.sync;

import org.jspecify.annotations.NullMarked;
