package dev.rlhf.learner.decoder;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.model.ModelConfig;
import java.util.OptionalDouble;

/**
 * How logits come from hidden states: {@code u = h·Wᵀ}, bent where a model caps them to {@code c·tanh(u / c)} (Gemma 2, arXiv 2408.00118).
 *
 * <p>A temperature divides what comes of it. The learner and the server write the same statement.
 *
 * @param limit c, above 0: no logit is further from 0; absent where logits are not bent
 */
record SoftCap(OptionalDouble limit) {
    /** Throws {@link RlhfException} of kind BUG when the limit is not a number above 0. */
    SoftCap {
        if (limit.isPresent() && !(limit.getAsDouble() > 0 && Double.isFinite(limit.getAsDouble()))) {
            throw RlhfException.bug("logits are capped at " + limit.getAsDouble());
        }
    }

    /** Logits as they are. */
    static SoftCap none() {
        return new SoftCap(OptionalDouble.empty());
    }

    /** As a model's head has it. */
    static SoftCap of(ModelConfig config) {
        double cap = config.architecture().head().cap();
        return cap == 0 ? none() : at(cap);
    }

    /** Logits between −limit and limit. */
    static SoftCap at(double limit) {
        return new SoftCap(OptionalDouble.of(limit));
    }

    /** TorchScript expression, in a module with {@link NumberMethods}, for the logits [N, V] of {@code hidden} [N, D] by {@code matrix} [V, D]. */
    String logits(String hidden, String matrix) {
        String plain = "(self).widened(torch.linear(" + hidden + ", " + matrix + "), )";
        return limit.isEmpty() ? plain : "torch.mul_(" + curve(plain) + ", " + limit.getAsDouble() + ")";
    }

    /** TorchScript expression for {@code tanh(u / c)}, in the place of {@code u}. */
    String curve(String u) {
        return "torch.tanh_(torch.div_(" + u + ", " + limit.getAsDouble() + "))";
    }
}
