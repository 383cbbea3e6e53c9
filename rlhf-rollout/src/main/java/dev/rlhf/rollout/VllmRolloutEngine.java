package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightSnapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Samples from generation servers, token ids in and token ids out.
 *
 * <p>Prompt g goes to server g mod N in a request of its own, whose seed is a function of g alone; the servers batch what
 * arrives together. A sample counts only when its server, asked after the answer, is still the process that was given the
 * weights; the samples of another are drawn again.
 */
public final class VllmRolloutEngine {
    private static final Logger LOG = System.getLogger(VllmRolloutEngine.class.getName());
    /** A server that is started anew during so many draws of one batch is not worth waiting for. */
    private static final int MOST_DRAWS = 5;

    private final VllmFleet fleet;
    private final AtomicLong redrawn = new AtomicLong();

    /** An engine over the servers of {@code fleet}. */
    public VllmRolloutEngine(VllmFleet fleet) {
        this.fleet = fleet;
    }

    /**
     * A part of the prompts of a step.
     *
     * @param prompts the prompts
     * @param first index within the step of the first of them
     */
    public record Share(List<Prompt> prompts, int first) {}

    /** Completes a part of the prompts of a step from {@code weights}, which servers that lack them are given first. */
    public List<RolloutGroup> generate(
            Share share, SamplingParams sampling, Seed seed, WeightSnapshot weights, Deadline deadline) {
        RolloutGroup[] groups = new RolloutGroup[share.prompts().size()];
        List<Integer> open = IntStream.range(0, groups.length).boxed().toList();
        for (int draw = 1; !open.isEmpty(); draw++) {
            fleet.ensure(weights, deadline);
            List<CompletableFuture<RolloutGroup>> answers = open.stream()
                    .map(i -> draw(share, i, sampling, seed, weights.version(), deadline))
                    .toList();
            List<RolloutGroup> drawn = VllmFleet.awaitAll(answers);
            Map<Integer, RolloutGroup> found = new TreeMap<>();
            for (int i = 0; i < drawn.size(); i++) {
                found.put(open.get(i), drawn.get(i));
            }
            open = keep(found, groups, weights.version(), deadline);
            if (!open.isEmpty() && draw == MOST_DRAWS) {
                throw RlhfException.resource(
                        server(open.get(0)) + " was started anew during each of " + MOST_DRAWS + " draws", null);
            }
        }
        return Arrays.asList(groups);
    }

    /** Keeps the groups of servers that still hold the weights; returns the places of the others. */
    private List<Integer> keep(
            Map<Integer, RolloutGroup> found, RolloutGroup[] groups, WeightVersion version, Deadline deadline) {
        List<Boolean> same = fleet.holding(version, deadline);
        List<Integer> again = new ArrayList<>();
        found.forEach((i, group) -> {
            if (same.get(i % same.size())) {
                groups[i] = group;
            } else {
                again.add(i);
            }
        });
        if (!again.isEmpty()) {
            redrawn.addAndGet(again.size());
            LOG.log(
                    Level.WARNING,
                    "{0} was started anew while it answered; {1} prompts are drawn again",
                    server(again.get(0)),
                    again.size());
        }
        return again;
    }

    /** Prompts whose samples were drawn again so far, because their server was started anew while it answered. */
    public long redrawn() {
        return redrawn.get();
    }

    private Endpoint server(int prompt) {
        return fleet.endpoints().get(prompt % fleet.endpoints().size());
    }

    private CompletableFuture<RolloutGroup> draw(
            Share share, int i, SamplingParams sampling, Seed seed, WeightVersion version, Deadline deadline) {
        VllmClient client = server(i).client();
        Prompt prompt = share.prompts().get(i);
        long promptSeed = seed.derive("prompt", share.first() + i).nonNegative();
        SampledGroup expected = new SampledGroup(client.toString(), prompt, sampling, version);
        return client.complete(
                        Sampling.of(
                                prompt, sampling, promptSeed, fleet.settings().endTokens()),
                        deadline,
                        expected::read)
                .exceptionally(failure -> {
                    RlhfException known = Repetition.known(failure);
                    throw known.kind() == ErrorKind.USER
                            ? new RlhfException(
                                    ErrorKind.USER,
                                    "prompt " + prompt.id() + " was refused: " + known.getMessage(),
                                    known)
                            : known;
                });
    }
}
