/** The runtime that places actors on a Ray cluster; nothing else of the project needs a class of Ray. */
@NullMarked
package dev.rlhf.actors.ray;

import org.jspecify.annotations.NullMarked;
