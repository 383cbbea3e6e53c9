/** Models as files describe them: families, configuration, blocks in their places, and the layout of their weights. */
@NullMarked
package dev.rlhf.learner.model;

import org.jspecify.annotations.NullMarked;
