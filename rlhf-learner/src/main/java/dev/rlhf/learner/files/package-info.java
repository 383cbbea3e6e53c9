/** Files of a Hugging Face model directory. */
@NullMarked
package dev.rlhf.learner.files;

import org.jspecify.annotations.NullMarked;
