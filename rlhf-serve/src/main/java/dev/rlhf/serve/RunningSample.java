package dev.rlhf.serve;

import dev.rlhf.core.base.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A completion being written. */
final class RunningSample {
    private final CompletionRequest request;
    private final RandomGenerator random;
    private final List<Integer> tokens = new ArrayList<>();
    private final List<Double> logProbs = new ArrayList<>();
    private final List<List<CompletionSample.Candidate>> alternatives = new ArrayList<>();

    RunningSample(CompletionRequest request, int index) {
        this.request = request;
        this.random = new Seed(request.seed() + index).random();
    }

    /** Draws the next token from V logits that start at {@code offset}. */
    void next(float[] logits, int offset, int vocabulary) {
        Distribution distribution = new Distribution(logits, offset, vocabulary, request.temperature());
        int token = distribution.draw(random, request.topP(), request.topK());
        tokens.add(token);
        logProbs.add(distribution.logProb(token));
        if (request.topLogProbs() > 0) {
            alternatives.add(distribution.mostLikely(request.topLogProbs()).stream()
                    .map(candidate -> new CompletionSample.Candidate(candidate, distribution.logProb(candidate)))
                    .toList());
        }
    }

    boolean done() {
        return stopped() || tokens.size() >= request.maxTokens();
    }

    private boolean stopped() {
        return !tokens.isEmpty() && request.stopTokens().contains(lastToken());
    }

    int lastToken() {
        return tokens.get(tokens.size() - 1);
    }

    /** Position of the last token in the sequence. */
    int lastPosition() {
        return request.prompt().length + tokens.size() - 1;
    }

    CompletionSample result() {
        return new CompletionSample(List.copyOf(tokens), List.copyOf(logProbs), List.copyOf(alternatives), stopped());
    }
}
