package dev.rlhf.learner.block;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.util.Map;

/**
 * How positions turn queries and keys (Su et al., arXiv 2104.09864).
 *
 * @param theta base of the frequencies, above 0
 * @param share which part of a head's numbers turns, the first ones; above 0, at most 1
 * @param scaling how the frequencies are bent for a longer context
 */
public record RotaryEmbedding(double theta, double share, Scaling scaling) {
    private static final String TABLES = """
              def tables(self: __torch__.Ops, positions: Tensor) -> Tuple[Tensor, Tensor]:
                steps = torch.div(torch.mul(torch.slice(positions, 0, 0, $half), 2), $head.)
                frequencies = (self).bend(torch.reciprocal(torch.pow($theta, steps)), )
                angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
                return (torch.cos(angles), torch.sin(angles))
            """;

    private static final String LOUDER = """
              def tables(self: __torch__.Ops, positions: Tensor) -> Tuple[Tensor, Tensor]:
                steps = torch.div(torch.mul(torch.slice(positions, 0, 0, $half), 2), $head.)
                frequencies = (self).bend(torch.reciprocal(torch.pow($theta, steps)), )
                angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
                return (torch.mul(torch.cos(angles), $gain), torch.mul(torch.sin(angles), $gain))
            """;

    /** Checks the numbers; throws USER. */
    public RotaryEmbedding {
        require(theta > 0 && Double.isFinite(theta), "rope_theta must be above 0, not " + theta);
        require(share > 0 && share <= 1, "partial_rotary_factor must be above 0 and at most 1, not " + share);
    }

    /** Whole heads turn. */
    public RotaryEmbedding(double theta, Scaling scaling) {
        this(theta, 1, scaling);
    }

    /** Frequencies as they are. */
    public static RotaryEmbedding of(double theta) {
        return new RotaryEmbedding(theta, new Plain());
    }

    /**
     * How many of a head's numbers turn.
     *
     * @param head width of a head
     * @throws RlhfException USER when that is no even number above 0
     */
    public int turned(int head) {
        int turned = (int) (head * share);
        require(
                turned > 0 && turned % 2 == 0,
                "partial_rotary_factor " + share + " has " + turned + " of a head's " + head
                        + " numbers turn, which is no even number above 0");
        return turned;
    }

    /** Positions of a sequence for which this holds, of as many as the model may have. */
    public int context(int positions) {
        return Math.min(positions, scaling.longest());
    }

    /** TorchScript of a method {@code tables(self, positions)}: cosines and sines, [S, 1, turned/2] each, of heads of this width. */
    public String tables(int head) {
        int turned = turned(head);
        Map<String, Number> numbers =
                Map.of("half", turned / 2, "head", turned, "theta", theta, "gain", scaling.gain());
        return scaling.source(theta, turned) + Template.fill(scaling.gain() == 1 ? TABLES : LOUDER, numbers);
    }

    /** The same with {@code suffix} after the name of each method, for a module that has several tables. */
    public String tables(int head, String suffix) {
        return tables(head)
                .replace("def tables(", "def tables" + suffix + "(")
                .replace("def bend(", "def bend" + suffix + "(")
                .replace("(self).bend(", "(self).bend" + suffix + "(");
    }

    /** A rule for frequencies. */
    public sealed interface Scaling permits Plain, Linear, Dynamic, Llama3, Yarn, LongRope {
        /** Its {@code rope_type} in config.json. */
        String type();

        /**
         * TorchScript of a method {@code bend(self, f)} that gives the frequencies to use, [turned / 2].
         *
         * @param theta base of the frequencies
         * @param turned how many numbers of a head turn
         */
        String source(double theta, int turned);

        /** What cosines and sines are multiplied with. */
        default double gain() {
            return 1;
        }

        /** Most positions of a sequence for which it holds. */
        default int longest() {
            return Integer.MAX_VALUE;
        }

        /** Writes its keys. */
        void write(ObjectNode json);
    }

    /** No scaling. */
    public record Plain() implements Scaling {
        @Override
        public String type() {
            return "default";
        }

        @Override
        public String source(double theta, int turned) {
            return """
                      def bend(self: __torch__.Ops, f: Tensor) -> Tensor:
                        return f
                    """;
        }

        @Override
        public void write(ObjectNode json) {
            // The type says all.
        }
    }

    /**
     * Positions divided by a factor (Chen et al., arXiv 2306.15595).
     *
     * @param factor at least 1
     */
    public record Linear(double factor) implements Scaling {
        /** Checks the factor; throws USER. */
        public Linear {
            requireFactor(factor);
        }

        @Override
        public String type() {
            return "linear";
        }

        @Override
        public String source(double theta, int turned) {
            return """
                      def bend(self: __torch__.Ops, f: Tensor) -> Tensor:
                        return torch.div(f, %s)
                    """.formatted(factor);
        }

        @Override
        public void write(ObjectNode json) {
            json.put("factor", factor);
        }
    }

    /**
     * Frequencies that are bent as a sequence outgrows the context: none of ours does, and within it they are as they are.
     *
     * @param factor at least 1
     */
    public record Dynamic(double factor) implements Scaling {
        /** Checks the factor; throws USER. */
        public Dynamic {
            requireFactor(factor);
        }

        @Override
        public String type() {
            return "dynamic";
        }

        @Override
        public String source(double theta, int turned) {
            return new Plain().source(theta, turned);
        }

        @Override
        public void write(ObjectNode json) {
            json.put("factor", factor);
        }
    }

    /**
     * Llama 3's: long waves divided by a factor, short ones kept, those between by a share of both.
     *
     * @param factor at least 1
     * @param low waves longer than original / low are divided
     * @param high waves shorter than original / high are kept; above {@code low}
     * @param original context the model was first trained on, in positions
     */
    public record Llama3(double factor, double low, double high, int original) implements Scaling {
        /** Checks the numbers; throws USER. */
        public Llama3 {
            requireFactor(factor);
            require(
                    low > 0 && high > low,
                    "rope high_freq_factor must be above low_freq_factor, not " + high + " and " + low);
            require(original > 0, "original_max_position_embeddings must be above 0, not " + original);
        }

        @Override
        public String type() {
            return "llama3";
        }

        @Override
        public String source(double theta, int turned) {
            return """
                      def bend(self: __torch__.Ops, f: Tensor) -> Tensor:
                        waves = torch.mul(torch.reciprocal(f), %s)
                        divided = torch.div(f, $factor)
                        bent = torch.where(torch.gt(waves, $longest), divided, f)
                        share = torch.div(torch.sub(torch.mul(torch.reciprocal(waves), $original.), $low), $range)
                        kept = torch.mul(share, bent)
                        mixed = torch.add(torch.div(torch.mul(torch.add(torch.neg(share), 1.), bent), $factor), kept)
                        between = torch.logical_and(torch.ge(waves, $shortest), torch.le(waves, $longest))
                        return torch.where(between, mixed, bent)
                    """.formatted(2 * Math.PI)
                    .replace("$factor", Double.toString(factor))
                    .replace("$longest", Double.toString(original / low))
                    .replace("$shortest", Double.toString(original / high))
                    .replace("$original", Integer.toString(original))
                    .replace("$low", Double.toString(low))
                    .replace("$range", Double.toString(high - low));
        }

        @Override
        public void write(ObjectNode json) {
            json.put("factor", factor)
                    .put("low_freq_factor", low)
                    .put("high_freq_factor", high)
                    .put("original_max_position_embeddings", original);
        }
    }

    /** Writes this into a config.json so that readers of the older spelling and of the newer find the same. */
    public void write(ObjectNode json) {
        json.put("rope_theta", theta);
        json.remove("rope_scaling");
        json.set("rope_parameters", parameters(json));
        if (share != 1) {
            json.put("partial_rotary_factor", share);
        }
        if (scaling instanceof LongRope longRope) {
            // Phi-3's reader has a default for this key, which wins over what the parameters say.
            json.put("original_max_position_embeddings", longRope.original());
        }
        if (!(scaling instanceof Plain)) {
            json.set("rope_scaling", parameters(json));
        }
    }

    /** The {@code rope_parameters} of this, a new object. */
    public ObjectNode parameters(ObjectNode json) {
        ObjectNode parameters =
                json.objectNode().put("rope_type", scaling.type()).put("rope_theta", theta);
        if (share != 1) {
            parameters.put("partial_rotary_factor", share);
        }
        scaling.write(parameters);
        return parameters;
    }

    /** A tensor of single-precision numbers in TorchScript, where {@code f} lies. */
    static String vector(float... numbers) {
        StringBuilder text = new StringBuilder();
        for (float number : numbers) {
            text.append(text.isEmpty() ? "" : ", ").append((double) number);
        }
        return "torch.tensor([" + text + "], dtype=None, device=ops.prim.device(f), requires_grad=False)";
    }

    /** The exponents of theta, one a pair of numbers that turn. */
    static float[] steps(int turned) {
        float[] steps = new float[turned / 2];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = 2f * i / turned;
        }
        return steps;
    }

    /** Throws USER unless a context becomes longer by a factor, or stays as it is. */
    static void requireFactor(double factor) {
        require(factor >= 1 && Double.isFinite(factor), "rope factor must be at least 1, not " + factor);
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
