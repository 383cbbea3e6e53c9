package dev.rlhf.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A request on its way: its samples are written as room gets free, and it is answered when all are. */
final class PendingCompletion {
    private final CompletionRequest request;
    private final CompletableFuture<List<CompletionSample>> answer = new CompletableFuture<>();
    private final List<RunningSample> samples = new ArrayList<>();
    private int finished;

    PendingCompletion(CompletionRequest request) {
        this.request = request;
        for (int i = 0; i < request.samples(); i++) {
            samples.add(new RunningSample(request, i));
        }
    }

    CompletionRequest request() {
        return request;
    }

    CompletableFuture<List<CompletionSample>> answer() {
        return answer;
    }

    List<RunningSample> samples() {
        return samples;
    }

    /** Notes that one more sample is done and answers after the last. */
    void sampleFinished() {
        finished++;
        if (finished == samples.size()) {
            answer.complete(samples.stream().map(RunningSample::result).toList());
        }
    }
}
