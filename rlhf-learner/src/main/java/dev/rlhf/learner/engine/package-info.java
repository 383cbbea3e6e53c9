/**
 * libtorch through DJL: TorchScript modules made from text, and native memory in scopes.
 *
 * <p>DJL's own operators lack attention, fused optimisers and gradients by name. Every ATen operator is reachable through a
 * TorchScript module, so a module is written as text, packed into an archive in memory ({@link
 * dev.rlhf.learner.engine.ScriptArchive}) and called ({@link dev.rlhf.learner.engine.ScriptModule}).
 */
@NullMarked
package dev.rlhf.learner.engine;

import org.jspecify.annotations.NullMarked;
