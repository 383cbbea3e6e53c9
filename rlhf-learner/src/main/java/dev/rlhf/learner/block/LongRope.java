package dev.rlhf.learner.block;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * LongRoPE: each frequency divided by a number of its own (Ding et al., arXiv 2402.13753).
 *
 * <p>There is one list for sequences within the original context and one for longer ones, so that a longer sequence would turn its first
 * positions otherwise than it did when it was shorter: keys of earlier tokens would change while a sample grows. Sequences stay within the
 * original context here, {@link #longest}; the other list is only handed on.
 *
 * @param shortFactors one a pair of numbers that turn, each above 0
 * @param longFactors those of longer sequences
 * @param original context the model was first trained on, in positions, above 1
 * @param factor how much longer the context became
 * @param attention what cosines and sines are multiplied with; null for √(1 + ln(factor) / ln(original))
 */
public record LongRope(
        List<Double> shortFactors,
        List<Double> longFactors,
        int original,
        double factor,
        @Nullable Double attention) implements RotaryEmbedding.Scaling {
    /** Copies the lists and checks the numbers; throws USER. */
    public LongRope {
        shortFactors = List.copyOf(shortFactors);
        longFactors = List.copyOf(longFactors);
        RotaryEmbedding.require(
                shortFactors.stream().allMatch(one -> one > 0 && Double.isFinite(one)),
                "rope short_factor must be numbers above 0, not " + shortFactors);
        RotaryEmbedding.require(original > 1, "original_max_position_embeddings must be above 1, not " + original);
    }

    @Override
    public String type() {
        return "longrope";
    }

    @Override
    public double gain() {
        if (attention != null) {
            return attention;
        }
        return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    }

    @Override
    public int longest() {
        return original;
    }

    @Override
    public String source(double theta, int turned) {
        RotaryEmbedding.require(
                shortFactors.size() == turned / 2,
                "rope short_factor must have " + turned / 2 + " numbers, half of those that turn, not "
                        + shortFactors.size());
        float[] factors = new float[turned / 2];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = shortFactors.get(i).floatValue();
        }
        return """
                  def bend(self: __torch__.Ops, f: Tensor) -> Tensor:
                    periods = torch.pow($theta, $steps)
                    return torch.reciprocal(torch.mul($factors, periods))
                """.replace("$theta", Double.toString(theta))
                .replace("$steps", RotaryEmbedding.vector(RotaryEmbedding.steps(turned)))
                .replace("$factors", RotaryEmbedding.vector(factors));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("factor", factor).put("original_max_position_embeddings", original);
        ArrayNode within = json.putArray("short_factor");
        shortFactors.forEach(within::add);
        ArrayNode beyond = json.putArray("long_factor");
        longFactors.forEach(beyond::add);
        if (attention != null) {
            json.put("attention_factor", attention);
        }
    }
}
