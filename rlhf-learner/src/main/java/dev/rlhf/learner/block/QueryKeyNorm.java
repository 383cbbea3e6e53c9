package dev.rlhf.learner.block;

import java.util.List;
import java.util.Map;

/**
 * Queries and keys divided by their root mean squares before they meet: of x = [queries, keys, values], values stay as they are.
 *
 * <p>{@code w·x/√(mean(x²) + ε)} over each head (Qwen3, Gemma 3) or over all heads together (OLMo-2); see Henry et al., arXiv 2010.04245.
 * All its ways compute the same bits.
 *
 * @param queries runs of numbers among the queries that have one length each
 * @param queryWidth numbers of such a run
 * @param keys runs among the keys
 * @param keyWidth numbers of such a run
 * @param epsilon added to the mean square, above 0
 * @param gain how its weights are meant
 */
public record QueryKeyNorm(int queries, int queryWidth, int keys, int keyWidth, double epsilon, Gain gain)
        implements Block {
    /** Over each head. */
    public static QueryKeyNorm ofEachHead(int queries, int keys, int head, double epsilon, Gain gain) {
        return new QueryKeyNorm(queries, head, keys, head, epsilon, gain);
    }

    /** Over all query heads together, and over all key-value heads. */
    public static QueryKeyNorm ofAllHeads(int queries, int keys, int head, double epsilon, Gain gain) {
        return new QueryKeyNorm(1, queries * head, 1, keys * head, epsilon, gain);
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(weight("q", queryWidth), weight("k", keyWidth));
    }

    private Parameter weight(String name, int width) {
        Parameter.Part part = new Parameter.Part(name + "_norm.weight", width);
        return new Parameter(name + "_weight", gain.role(), 0, List.of(part), gain.of("w"));
    }

    @Override
    public List<String> kept() {
        return List.of("x", "q_inverse", "k_inverse");
    }

    @Override
    public String methods() {
        return InnerRmsNorm.METHODS;
    }

    @Override
    public String forward() {
        return there(gain.widened("q_weight"), gain.widened("k_weight"));
    }

    @Override
    public String backward() {
        return filled("""
                dx = torch.empty_like(x)
                v0 = torch.copy_(torch.slice(dx, 1, $turned), torch.slice(g, 1, $turned))
                q = torch.view(torch.slice(x, 1, 0, $q), [-1, $queries, $query_width])
                gq = torch.view(torch.slice(g, 1, 0, $q), [-1, $queries, $query_width])
                dq = torch.view(torch.slice(dx, 1, 0, $q), [-1, $queries, $query_width])
                q_weight0 = torch.add_(d_q_weight, (self).unit_rows_back(gq, q, q_inverse, Q_GAIN, dq, ))
                k = torch.view(torch.slice(x, 1, $q, $turned), [-1, $keys, $key_width])
                gk = torch.view(torch.slice(g, 1, $q, $turned), [-1, $keys, $key_width])
                dk = torch.view(torch.slice(dx, 1, $q, $turned), [-1, $keys, $key_width])
                k_weight0 = torch.add_(d_k_weight, (self).unit_rows_back(gk, k, k_inverse, K_GAIN, dk, ))
                """).replace("Q_GAIN", gain.widened("q_weight")).replace("K_GAIN", gain.widened("k_weight"));
    }

    @Override
    public String step() {
        return there("q_weight", "k_weight");
    }

    private String there(String queryGain, String keyGain) {
        return filled("""
                y = torch.empty_like(x)
                v0 = torch.copy_(torch.slice(y, 1, $turned), torch.slice(x, 1, $turned))
                q = torch.view(torch.slice(x, 1, 0, $q), [-1, $queries, $query_width])
                yq = torch.view(torch.slice(y, 1, 0, $q), [-1, $queries, $query_width])
                q_inverse = (self).unit_rows(q, Q_GAIN, $epsilon, yq, )
                k = torch.view(torch.slice(x, 1, $q, $turned), [-1, $keys, $key_width])
                yk = torch.view(torch.slice(y, 1, $q, $turned), [-1, $keys, $key_width])
                k_inverse = (self).unit_rows(k, K_GAIN, $epsilon, yk, )
                """).replace("Q_GAIN", queryGain).replace("K_GAIN", keyGain);
    }

    private String filled(String text) {
        int q = queries * queryWidth;
        return Template.fill(
                text,
                Map.of(
                        "q",
                        q,
                        "turned",
                        q + keys * keyWidth,
                        "queries",
                        queries,
                        "query_width",
                        queryWidth,
                        "keys",
                        keys,
                        "key_width",
                        keyWidth,
                        "epsilon",
                        epsilon));
    }
}
