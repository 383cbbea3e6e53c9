/** Actor roles, the messages they exchange as bytes, their typed clients and the in-process runtime. */
@NullMarked
package dev.rlhf.actors;

import org.jspecify.annotations.NullMarked;
