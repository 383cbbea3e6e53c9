/** Reading recipes: the place where all kinds of blocks are known. */
@NullMarked
package dev.rlhf.driver.recipe;

import org.jspecify.annotations.NullMarked;
