package dev.rlhf.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.ServerNeeds;

/** What a server must show before a run begins: a mistake in how it was started must not cost the stages before its first use. */
final class ServerCheck {
    /** Log-probs that differ by less are the same number. */
    private static final double EQUAL = 1e-4;

    private static final int[] PROMPT = {0, 1};

    private final VllmClient client;
    private final ServerNeeds needs;
    private final Deadline deadline;

    private ServerCheck(VllmClient client, ServerNeeds needs, Deadline deadline) {
        this.client = client;
        this.needs = needs;
        this.deadline = deadline;
    }

    /** Checks one server; throws RESOURCE naming it and what to set, or USER naming the key. */
    static void of(VllmClient client, ServerNeeds needs, Deadline deadline) {
        ServerCheck check = new ServerCheck(client, needs, deadline);
        client.repetition("what it can do", deadline).of(() -> {
            check.requireContext();
            check.requireRoutes();
            check.requireTemperature();
            check.requireProcessedLogProbs();
            return client;
        });
    }

    private void requireContext() {
        client.model(deadline)
                .positions()
                .filter(most -> most < needs.positions())
                .ifPresent(most -> {
                    throw RlhfException.resource(
                            client + " takes at most " + most + " tokens, but the run has prompts that need "
                                    + needs.positions()
                                    + " with max-tokens; start it with --max-model-len " + needs.positions()
                                    + " or more, or lower max-tokens",
                            null);
                });
    }

    /**
     * The routes by which weights are given; a server without them answers 404, which says how to start it.
     *
     * <p>A run that was killed while it gave weights has left its server paused, which then keeps all who ask waiting.
     */
    private void requireRoutes() {
        client.label(deadline);
        if (client.isPaused(deadline)) {
            client.resume(deadline);
        }
    }

    private void requireTemperature() {
        try {
            draw(Sampling.plain(PROMPT).put("temperature", needs.temperature()));
        } catch (RlhfException refused) {
            if (refused.kind() != ErrorKind.USER) {
                throw refused;
            }
            throw RlhfException.user(
                    "sampling.temperature " + needs.temperature() + " is not possible: " + refused.getMessage());
        }
    }

    /** A learner compares with the distribution that is sampled from, so its log-probs are the ones that must be told. */
    private void requireProcessedLogProbs() {
        if (!needs.tempered()) {
            return;
        }
        JsonNode sharp = draw(Sampling.plain(PROMPT).put("temperature", 0.5).put("seed", 1));
        JsonNode alone = draw(Sampling.plain(PROMPT).put("top_k", 1).put("seed", 1));
        int token = sharp.path("token_ids").path(0).asInt();
        double told = logProb(sharp);
        double plain = client.logProbs(new int[] {PROMPT[0], PROMPT[1], token}, deadline)[1];
        if (Math.abs(told - plain) < EQUAL && Math.abs(logProb(alone)) > EQUAL) {
            throw RlhfException.resource(
                    client
                            + " tells the log-probs of the plain distribution, not of the one it samples from; start it with"
                            + " --logprobs-mode processed_logprobs",
                    null);
        }
    }

    private static double logProb(JsonNode choice) {
        return choice.path("logprobs").path("token_logprobs").path(0).asDouble(Double.NaN);
    }

    private JsonNode draw(ObjectNode body) {
        return client.completeOnce(body.put("max_tokens", 1), deadline)
                .path("choices")
                .path(0);
    }
}
