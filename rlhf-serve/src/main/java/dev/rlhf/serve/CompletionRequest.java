package dev.rlhf.serve;

import java.util.Set;

/**
 * One prompt to complete.
 *
 * @param prompt token ids, [P]
 * @param samples n
 * @param seed seed of the first sample; sample i draws from seed + i
 * @param temperature 0 for greedy
 * @param topP nucleus mass in (0, 1]
 * @param topK tokens kept; 0 keeps all
 * @param maxTokens token budget
 * @param stopTokens ids that end a completion
 * @param topLogProbs alternatives listed a token; −1 for no log-probs at all
 */
record CompletionRequest(
        int[] prompt,
        int samples,
        long seed,
        double temperature,
        double topP,
        int topK,
        int maxTokens,
        Set<Integer> stopTokens,
        int topLogProbs) {
    /** Most tokens of prompt and completion. */
    int length() {
        return prompt.length + maxTokens;
    }
}
