/** The page about a run that people read. */
@NullMarked
package dev.rlhf.driver.report;

import org.jspecify.annotations.NullMarked;
