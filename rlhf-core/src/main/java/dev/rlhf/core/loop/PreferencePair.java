package dev.rlhf.core.loop;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import java.util.List;

/**
 * Two responses to one prompt, the better one first.
 *
 * @param chosen prompt and preferred response
 * @param rejected the same prompt and the other response
 */
public record PreferencePair(TokenSequence chosen, TokenSequence rejected) {
    /** Chosen, then rejected. */
    public List<Experience> rows() {
        return List.of(Experience.of(chosen), Experience.of(rejected));
    }

    /** The pair with a wrong label: what was the better response is now the worse one. */
    public PreferencePair swapped() {
        return new PreferencePair(rejected, chosen);
    }
}
