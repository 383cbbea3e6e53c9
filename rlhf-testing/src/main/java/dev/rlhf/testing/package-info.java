/** Hand-written fakes of the core's ports, a generation server that fails on demand, and contracts every adapter must pass. */
@NullMarked
package dev.rlhf.testing;

import org.jspecify.annotations.NullMarked;
