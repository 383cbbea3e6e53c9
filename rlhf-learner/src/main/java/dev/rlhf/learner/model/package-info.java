/** The decoder: its configuration, the layout of its weights, its source text and its heads. */
@NullMarked
package dev.rlhf.learner.model;

import org.jspecify.annotations.NullMarked;
