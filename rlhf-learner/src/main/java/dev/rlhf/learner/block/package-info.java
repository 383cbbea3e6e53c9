/**
 * The blocks that decoders are made of: what each computes, its way back, and how a server computes it, as TorchScript text.
 *
 * <p>A block is one file. It names its weights, with their roles, and the tensors it keeps between the way there and the way back; a
 * decoder lays them out, and hands them to the block's statements under those names.
 */
@NullMarked
package dev.rlhf.learner.block;

import org.jspecify.annotations.NullMarked;
