/** The command line. */
@NullMarked
package dev.rlhf.driver.command;

import org.jspecify.annotations.NullMarked;
