package dev.rlhf.serve;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.learner.decoder.CachedDecoder;
import dev.rlhf.learner.decoder.CachedSequence;
import dev.rlhf.learner.decoder.Logits;
import dev.rlhf.learner.decoder.Prefix;
import dev.rlhf.learner.engine.NativeScope;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The one thread that runs the model: requests join between two tokens and leave when they are done.
 *
 * <p>A prompt is read once, however many samples it has. Weights change between two tokens, never inside one.
 */
final class DecodeEngine implements AutoCloseable {
    private static final long CLOSE_MILLIS = 30_000;

    private final CachedDecoder decoder;
    private final int threads;
    private final int mostSamples;
    private final ServerMetrics metrics;
    private final Inbox inbox = new Inbox();

    // Below: touched by the engine's thread alone.
    private final Deque<Admission> admissions = new ArrayDeque<>();
    /** Samples being written. */
    private final List<Writing> running = new ArrayList<>();

    private final Thread thread;

    DecodeEngine(CachedDecoder decoder, GenerationSettings settings, ServerMetrics metrics) {
        this.decoder = decoder;
        this.threads = settings.threads();
        this.mostSamples = settings.maxBatch();
        this.metrics = metrics;
        this.thread = new Thread(this::run, "decode-engine");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** A prompt that was read and has samples waiting for room. */
    private record Admission(PendingCompletion completion, Prefix prefix, Deque<RunningSample> waiting) {}

    /** A sample being written, the request it belongs to and what the decoder keeps of it. */
    private record Writing(RunningSample sample, PendingCompletion completion, CachedSequence sequence) {}

    /** Queues a completion. */
    CompletableFuture<List<CompletionSample>> submit(CompletionRequest request) {
        PendingCompletion completion = new PendingCompletion(request);
        inbox.add(completion);
        return completion.answer();
    }

    /** Loads other weights before the next token. */
    CompletableFuture<Void> reload(Path modelDirectory) {
        return inbox.order(() -> decoder.reload(modelDirectory));
    }

    /** Log-prob at temperature 1 of each token of a prompt [P] but the first, [P−1]; read between two tokens. */
    CompletableFuture<double[]> promptLogProbs(int[] prompt) {
        CompletableFuture<double[]> found = new CompletableFuture<>();
        return inbox.order(() -> found.complete(decoder.logProbs(prompt))).thenCompose(read -> found);
    }

    /** Stops after the present token; requests are kept, and those that come wait. */
    void pause() {
        inbox.pause(true);
    }

    /** Goes on. */
    void resume() {
        inbox.pause(false);
    }

    boolean isPaused() {
        return inbox.isPaused();
    }

    /** Ends every request on its way with an error; returns when that is done. */
    CompletableFuture<Void> abortAll() {
        return inbox.order(() -> failAll(aborted()));
    }

    /** What is said to those whose request is ended. */
    static ApiException aborted() {
        return ApiException.unavailable("the request was aborted");
    }

    private void run() {
        List<PendingCompletion> fresh = new ArrayList<>();
        try {
            NativeScope.prepareThread(threads);
            work(fresh);
        } finally {
            // However it ends, by an Error too, nobody may be left waiting.
            inbox.close();
            ApiException end = Inbox.shuttingDown();
            fresh.forEach(completion -> completion.answer().completeExceptionally(end));
            failAll(end);
            decoder.close();
        }
    }

    private void work(List<PendingCompletion> fresh) {
        List<Runnable> tasks = new ArrayList<>();
        while (inbox.await(running.isEmpty() && admissions.isEmpty(), fresh, tasks)) {
            try {
                tasks.forEach(Runnable::run);
                if (!inbox.isPaused()) {
                    readPrompts(fresh);
                    startSamples();
                    step();
                } else {
                    inbox.putBack(fresh);
                }
            } catch (RuntimeException failure) {
                fresh.forEach(completion -> completion.answer().completeExceptionally(failure));
                failAll(failure);
            }
            fresh.clear();
            tasks.clear();
            metrics.load(running.size(), admissions.size());
        }
    }

    private void readPrompts(List<PendingCompletion> fresh) {
        fresh.removeIf(this::refused);
        List<Prefix> prefixes = decoder.read(
                fresh.stream().map(completion -> completion.request().prompt()).toList());
        try {
            drawFirst(fresh, prefixes);
        } catch (RuntimeException failure) {
            prefixes.forEach(Prefix::close);
            throw failure;
        }
        for (int i = 0; i < fresh.size(); i++) {
            admit(fresh.get(i), prefixes.get(i));
        }
    }

    private static void drawFirst(List<PendingCompletion> fresh, List<Prefix> prefixes) {
        List<NextTokens.Place> places = new ArrayList<>();
        for (int i = 0; i < fresh.size(); i++) {
            Prefix prefix = prefixes.get(i);
            fresh.get(i)
                    .samples()
                    .forEach(sample -> places.add(new NextTokens.Place(sample, prefix.logits(), prefix.row())));
        }
        NextTokens.give(places);
    }

    /** Refuses what would not even fit alone, rather than be killed with all that runs. */
    private boolean refused(PendingCompletion completion) {
        CompletionRequest request = completion.request();
        if (decoder.memory().canRead(request.prompt().length)
                && decoder.memory().canHold(request.prompt().length, request.length(), true)) {
            return false;
        }
        completion
                .answer()
                .completeExceptionally(ApiException.badRequest(
                        "A prompt of " + request.prompt().length + " tokens with max_tokens " + request.maxTokens()
                                + " needs " + decoder.memory().need(request.prompt().length, request.length())
                                + ". Ask for fewer tokens, or bound the context with --context-length"
                                + " (generation.context-length in a recipe).",
                        "max_tokens"));
        return true;
    }

    private void admit(PendingCompletion completion, Prefix prefix) {
        metrics.promptRead(prefix.length());
        Deque<RunningSample> waiting = new ArrayDeque<>();
        for (RunningSample sample : completion.samples()) {
            metrics.tokensWritten(1);
            if (sample.done()) {
                finish(completion);
            } else {
                waiting.add(sample);
            }
        }
        if (waiting.isEmpty()) {
            prefix.close();
        } else {
            admissions.add(new Admission(completion, prefix, waiting));
        }
    }

    private void startSamples() {
        List<Prefix> done = new ArrayList<>();
        try {
            int before = running.size();
            while (!admissions.isEmpty() && running.size() < mostSamples && hasRoom(admissions.peek())) {
                Admission first = admissions.peek();
                int length = first.completion().request().length();
                running.add(new Writing(
                        first.waiting().remove(), first.completion(), decoder.open(first.prefix(), length)));
                if (first.waiting().isEmpty()) {
                    admissions.remove();
                    done.add(first.prefix());
                }
            }
            if (running.size() > before) {
                decoder.fill();
            }
        } finally {
            done.forEach(Prefix::close);
        }
    }

    /** Else it waits until others are done, or fits beside none and then gets what there is. */
    private boolean hasRoom(Admission admission) {
        return running.isEmpty()
                || decoder.memory()
                        .canHold(
                                admission.prefix().length(),
                                admission.completion().request().length(),
                                false);
    }

    private void step() {
        if (running.isEmpty()) {
            return;
        }
        List<RunningSample> batch = running.stream().map(Writing::sample).toList();
        try (Logits logits = decoder.step(
                running.stream().map(Writing::sequence).toList(),
                batch.stream().mapToInt(RunningSample::lastToken).toArray(),
                batch.stream().mapToInt(RunningSample::lastPosition).toArray())) {
            NextTokens.give(IntStream.range(0, batch.size())
                    .mapToObj(row -> new NextTokens.Place(batch.get(row), logits, row))
                    .toList());
        }
        metrics.tokensWritten(batch.size());
        closeRanks();
    }

    /** Lets samples that are done go. */
    private void closeRanks() {
        running.removeIf(writing -> {
            if (writing.sample().done()) {
                writing.sequence().close();
                finish(writing.completion());
                return true;
            }
            return false;
        });
    }

    private void finish(PendingCompletion completion) {
        completion.sampleFinished();
        metrics.sampleFinished();
    }

    private void failAll(RuntimeException failure) {
        running.forEach(writing -> {
            writing.completion().answer().completeExceptionally(failure);
            writing.sequence().close();
        });
        running.clear();
        admissions.forEach(admission -> {
            admission.completion().answer().completeExceptionally(failure);
            admission.prefix().close();
        });
        admissions.clear();
        inbox.failAll(failure);
    }

    @Override
    public void close() {
        inbox.close();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw RlhfException.bug("the decode engine did not stop within " + CLOSE_MILLIS + " ms");
        }
    }
}
