package dev.rlhf.core.update;

import dev.rlhf.core.base.TokenSequence;
import java.nio.file.Path;
import java.util.List;

/** A network that can be asked about sequences; a frozen reference policy or a reward model is nothing more. */
public interface Network {
    /**
     * What the network says of each row, without gradient.
     *
     * @param rows [B], ragged
     * @param temperature logits are divided by it, above 0; value and reward models ignore it
     * @throws dev.rlhf.core.base.RlhfException DIVERGED when a number is not finite
     */
    TokenOutputs evaluate(List<TokenSequence> rows, double temperature);

    /** Writes a Hugging Face model directory (config.json, model.safetensors) that transformers and vLLM load. */
    void save(Path modelDirectory);
}
