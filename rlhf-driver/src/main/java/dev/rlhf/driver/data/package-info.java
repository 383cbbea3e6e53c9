/** Data sets as token ids: every complaint names the file and the line. */
@NullMarked
package dev.rlhf.driver.data;

import org.jspecify.annotations.NullMarked;
