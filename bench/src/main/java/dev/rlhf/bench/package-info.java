/** Measurements of the product, each beside the peer it is measured against, block for block in one run. */
@NullMarked
package dev.rlhf.bench;

import org.jspecify.annotations.NullMarked;
