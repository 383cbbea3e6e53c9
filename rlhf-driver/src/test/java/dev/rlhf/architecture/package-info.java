/** Rules about the code of every module. */
@NullMarked
package dev.rlhf.architecture;

import org.jspecify.annotations.NullMarked;
