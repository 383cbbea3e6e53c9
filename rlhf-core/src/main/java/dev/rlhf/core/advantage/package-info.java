/** How much better than expected each token was. */
@NullMarked
package dev.rlhf.core.advantage;

import org.jspecify.annotations.NullMarked;
