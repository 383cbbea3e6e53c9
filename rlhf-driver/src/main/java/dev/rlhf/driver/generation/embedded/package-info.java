/** Our own generation server. */
@NullMarked
package dev.rlhf.driver.generation.embedded;

import org.jspecify.annotations.NullMarked;
