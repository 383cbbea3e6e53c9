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

    /** How its tokens are found. */
    NextTokens.Way way() {
        if (request.topLogProbs() > 0) {
            return NextTokens.Way.STUDIED;
        }
        if (request.temperature() == 0) {
            return NextTokens.Way.LIKELIEST;
        }
        return request.topP() >= 1 && request.topK() == 0 ? NextTokens.Way.DRAWN : NextTokens.Way.STUDIED;
    }

    double temperature() {
        return request.temperature();
    }

    /** The number that decides which token is drawn next, in [0, 1); asked once a token. */
    double point() {
        return random.nextDouble();
    }

    /** Goes on with a token. */
    void take(int token, double logProb) {
        tokens.add(token);
        logProbs.add(logProb);
    }

    /** Goes on with a token of this distribution. */
    void next(Distribution distribution) {
        int token = distribution.draw(random, request.topP(), request.topK());
        take(token, distribution.logProb(token));
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
