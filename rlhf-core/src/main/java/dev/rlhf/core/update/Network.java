package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A network that can be asked about sequences; a frozen reference policy or a reward model is nothing more. */
public interface Network {
    /**
     * What the network says of each row, without gradient.
     *
     * @param rows [B], ragged
     * @param temperature logits are divided by it, above 0; value and reward models ignore it
     * @param wanted what is asked for; of what the network does not have or was not asked for, an array of length 0 comes back
     * @throws dev.rlhf.core.base.RlhfException DIVERGED when a number is not finite
     */
    TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted);

    /** Log-probs of each response token, [B][T]. */
    default float[][] logProbs(List<TokenSequence> rows, double temperature) {
        return evaluate(rows, temperature, Set.of(Output.LOG_PROBS)).logProbs();
    }

    /** Values of each response token, [B][T], or scores of each row, [B][1]. */
    default float[][] values(List<TokenSequence> rows) {
        return evaluate(rows, 1.0, Set.of(Output.VALUES)).values();
    }

    /** Writes a Hugging Face model directory (config.json, model.safetensors) that transformers and vLLM load. */
    void save(Path modelDirectory);
}
