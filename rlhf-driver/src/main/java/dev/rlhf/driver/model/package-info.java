/** The model a run starts from: a given directory, or one made on the spot. */
@NullMarked
package dev.rlhf.driver.model;

import org.jspecify.annotations.NullMarked;
