package dev.rlhf.learner.block;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * YaRN: waves that are short for the original context are kept, long ones divided, those between mixed (Peng et al., arXiv 2309.00071).
 *
 * @param factor how much longer the context became, at least 1
 * @param original context the model was first trained on, in positions
 * @param ramp which waves are mixed
 * @param attention what cosines and sines are multiplied with
 */
public record Yarn(double factor, int original, Ramp ramp, Attention attention) implements RotaryEmbedding.Scaling {
    /** Checks the numbers; throws USER. */
    public Yarn {
        RotaryEmbedding.requireFactor(factor);
        RotaryEmbedding.require(original > 0, "original_max_position_embeddings must be above 0, not " + original);
    }

    /**
     * Between which waves frequencies are mixed.
     *
     * @param fast waves that turn more often than this over the original context are kept; transformers' default is 32
     * @param slow waves that turn less often than this are divided; its default is 1
     * @param truncate whether the ramp begins and ends at whole numbers of a head; its default is true
     */
    public record Ramp(double fast, double slow, boolean truncate) {
        /** What transformers has where nothing is said. */
        public static final Ramp DEFAULT = new Ramp(32, 1, true);

        /** Checks the bounds; throws USER. */
        public Ramp {
            RotaryEmbedding.require(
                    slow > 0 && fast >= slow,
                    "rope beta_fast must be at least beta_slow, and that above 0, not " + fast + " and " + slow);
        }
    }

    /**
     * How the factor of cosines and sines is found; what is null is not in config.json.
     *
     * @param given the factor itself
     * @param scale weight of log(factor), the key mscale
     * @param allScale weight of log(factor) in the denominator, the key mscale_all_dim
     */
    public record Attention(
            @Nullable Double given,
            @Nullable Double scale,
            @Nullable Double allScale) {
        /** 0.1·ln(factor) + 1, as in the paper. */
        public static final Attention DEFAULT = new Attention(null, null, null);

        private double gain(double factor) {
            if (given != null) {
                return given;
            }
            if (scale == null || allScale == null || scale == 0 || allScale == 0) {
                return gain(factor, 1);
            }
            return gain(factor, scale) / gain(factor, allScale);
        }

        private static double gain(double factor, double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }
    }

    @Override
    public String type() {
        return "yarn";
    }

    @Override
    public double gain() {
        return attention.gain(factor);
    }

    @Override
    public String source(double theta, int turned) {
        float[] kept = kept(theta, turned);
        float[] divided = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            divided[i] = 1 - kept[i];
        }
        return """
                  def bend(self: __torch__.Ops, f: Tensor) -> Tensor:
                    periods = torch.pow($theta, $steps)
                    long = torch.mul(torch.reciprocal(torch.mul(periods, $factor)), $divided)
                    return torch.add(long, torch.mul(f, $kept))
                """.replace("$theta", Double.toString(theta))
                .replace("$steps", RotaryEmbedding.vector(RotaryEmbedding.steps(turned)))
                .replace("$factor", Double.toString(factor))
                .replace("$divided", RotaryEmbedding.vector(divided))
                .replace("$kept", RotaryEmbedding.vector(kept));
    }

    /** Which share of each frequency is kept: 1 below the ramp, 0 above. */
    private float[] kept(double theta, int turned) {
        double low = place(ramp.fast(), theta, turned);
        double high = place(ramp.slow(), theta, turned);
        if (ramp.truncate()) {
            low = Math.floor(low);
            high = Math.ceil(high);
        }
        low = Math.max(low, 0);
        high = Math.min(high, turned - 1);
        if (low == high) {
            high += 0.001;
        }
        float[] kept = new float[turned / 2];
        for (int i = 0; i < kept.length; i++) {
            float along = (i - (float) low) / (float) (high - low);
            kept[i] = 1 - Math.min(1, Math.max(0, along));
        }
        return kept;
    }

    /** Which pair of numbers turns so often over the original context. */
    private double place(double turns, double theta, int turned) {
        return turned * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    @Override
    public void write(ObjectNode json) {
        json.put("factor", factor)
                .put("original_max_position_embeddings", original)
                .put("beta_fast", ramp.fast())
                .put("beta_slow", ramp.slow())
                .put("truncate", ramp.truncate());
        if (attention.given() != null) {
            json.put("attention_factor", attention.given());
        }
        if (attention.scale() != null) {
            json.put("mscale", attention.scale());
        }
        if (attention.allScale() != null) {
            json.put("mscale_all_dim", attention.allScale());
        }
    }
}
