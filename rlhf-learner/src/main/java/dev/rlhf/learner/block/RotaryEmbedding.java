package dev.rlhf.learner.block;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.util.Map;

/**
 * How positions turn queries and keys (Su et al., arXiv 2104.09864).
 *
 * @param theta base of the frequencies, above 0
 * @param scaling how the frequencies are bent for a longer context
 */
public record RotaryEmbedding(double theta, Scaling scaling) {
    private static final String TABLES = """
              def tables(self: __torch__.Ops, positions: Tensor) -> Tuple[Tensor, Tensor]:
                steps = torch.div(torch.mul(torch.slice(positions, 0, 0, $half), 2), $head.)
                frequencies = (self).bend(torch.reciprocal(torch.pow($theta, steps)), )
                angles = torch.unsqueeze(torch.outer(positions, frequencies), 1)
                return (torch.cos(angles), torch.sin(angles))
            """;

    /** Checks theta; throws USER. */
    public RotaryEmbedding {
        require(theta > 0 && Double.isFinite(theta), "rope_theta must be above 0, not " + theta);
    }

    /** Frequencies as they are. */
    public static RotaryEmbedding of(double theta) {
        return new RotaryEmbedding(theta, new Plain());
    }

    /** TorchScript of a method {@code tables(self, positions)}: cosines and sines, [S, 1, head/2] each, of heads of this width. */
    public String tables(int head) {
        return scaling.source() + Template.fill(TABLES, Map.of("half", head / 2, "head", head, "theta", theta));
    }

    /** A rule for frequencies. */
    public sealed interface Scaling {
        /** Its {@code rope_type} in config.json. */
        String type();

        /** TorchScript of a method {@code bend(self, f)} that gives the frequencies to use, [head / 2]. */
        String source();

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
        public String source() {
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
            require(factor >= 1 && Double.isFinite(factor), "rope factor must be at least 1, not " + factor);
        }

        @Override
        public String type() {
            return "linear";
        }

        @Override
        public String source() {
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
            require(factor >= 1 && Double.isFinite(factor), "rope factor must be at least 1, not " + factor);
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
        public String source() {
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
        ObjectNode parameters =
                json.objectNode().put("rope_type", scaling.type()).put("rope_theta", theta);
        scaling.write(parameters);
        json.set("rope_parameters", parameters);
        if (!(scaling instanceof Plain)) {
            json.set("rope_scaling", parameters.deepCopy());
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw RlhfException.user(message);
        }
    }
}
