/** Networks and learners on DJL: what the rest of the system sees of the engine. */
@NullMarked
package dev.rlhf.learner;

import org.jspecify.annotations.NullMarked;
