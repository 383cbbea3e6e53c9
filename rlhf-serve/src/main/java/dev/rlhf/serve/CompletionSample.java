package dev.rlhf.serve;

import java.util.List;

/**
 * One finished completion.
 *
 * @param tokens token ids, [T], the stop token included
 * @param logProbs log-prob of each, [T]
 * @param alternatives most likely tokens at each position, [T][k], or empty
 * @param stopped whether it ended by a stop token rather than by its budget
 */
record CompletionSample(
        List<Integer> tokens, List<Double> logProbs, List<List<Candidate>> alternatives, boolean stopped) {
    /** A token and its log-prob. */
    record Candidate(int token, double logProb) {}
}
