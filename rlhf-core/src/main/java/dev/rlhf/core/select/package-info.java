/** Which samples are learnt from, by what they were worth. */
@NullMarked
package dev.rlhf.core.select;

import org.jspecify.annotations.NullMarked;
