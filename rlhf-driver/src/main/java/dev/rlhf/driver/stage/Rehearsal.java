package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.RolloutGap;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.Draw;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Has servers that somebody else started show, before anything trains, what the run relies on.
 *
 * <p>They are asked what they are, given the first model's weights, then weights that optimiser steps have changed, and are asked
 * for samples: what a server only says of itself, or does right with the weights it was started with, proves nothing.
 */
public final class Rehearsal {
    private static final double RATE = 1e-3;

    /** Steps after which weights that cannot be told from the first ones never will be. */
    private static final int MOST_STEPS = 30;

    private static final int SAMPLES = 2;
    private static final int MOST_TOKENS = 16;

    private final StageContext context;

    private Rehearsal(StageContext context) {
        this.context = context;
    }

    /**
     * Rehearses with the servers of a run, if any stage asks them for anything.
     *
     * @throws RlhfException RESOURCE naming the server and how to start it; USER for what no server can do
     */
    public static void hold(StageContext context) {
        List<Draw> draws = context.recipe().stages().stream()
                .flatMap(stage ->
                        Stream.concat(stage.draws().stream(), EvaluationRecipe.draws(stage.evaluation()).stream()))
                .toList();
        if (!draws.isEmpty()) {
            new Rehearsal(context).hold(draws);
        }
    }

    private void hold(List<Draw> draws) {
        context.actors().rollouts().reach(needs(draws));
        StageRecipe first = context.recipe().stages().get(0);
        NetworkSettings settings = context.network(first.from(), Head.LANGUAGE_MODEL, first);
        Learner learner = context.actors().learner().open(LearnerNames.PUBLISHED, settings, optimiser(), MOST_STEPS);
        try {
            WeightVersion version = new WeightVersion(0);
            context.weights().publish(learner, version).gap().ifPresent(context.canaries()::measured);
            move(learner);
            context.weights().publish(learner, version);
            draws.stream().map(Draw::sampling).distinct().forEach(sampling -> compare(learner, sampling));
        } finally {
            context.actors().learner().close(LearnerNames.PUBLISHED);
        }
    }

    private ServerNeeds needs(List<Draw> draws) {
        int positions = 1;
        double temperature = 0;
        boolean tempered = false;
        for (Draw draw : draws) {
            SamplingParams sampling = draw.sampling();
            int longest = context.data().prompts(draw.data(), sampling.maxTokens()).stream()
                    .mapToInt(prompt -> prompt.tokens().length)
                    .max()
                    .orElse(0);
            positions = Math.max(positions, longest + sampling.maxTokens());
            temperature = Math.max(temperature, sampling.temperature());
            tempered |= sampling.temperature() > 0 && sampling.temperature() != 1;
        }
        return new ServerNeeds(positions, temperature, tempered);
    }

    private static OptimiserSettings optimiser() {
        return new OptimiserSettings(RATE, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0, 1);
    }

    /** Changes the weights until what a server keeps of the first ones would be seen far above rounding. */
    private void move(Learner learner) {
        Canary before = context.canaries().of(learner);
        TrainingBatch batch = TrainingBatch.of(List.of(Experience.of(Canary.row(before.tokens()))));
        double moved = 0;
        for (int step = 0; step < MOST_STEPS && !(moved > 2 * context.canaries().tolerance()); step++) {
            learner.update(batch, new Likelihood(Reduction.TOKEN_MEAN));
            moved = before.gap(context.canaries().of(learner).logProbs());
        }
        if (!(moved > 2 * context.canaries().tolerance())) {
            throw RlhfException.user(
                    "generation.largest-gap is so large that other weights cannot be told from the right"
                            + " ones: " + MOST_STEPS + " steps moved a token's log-prob by " + moved + " nats, and "
                            + context.canaries().tolerance() + " are tolerated; lower it");
        }
    }

    private void compare(Learner learner, SamplingParams sampling) {
        if (sampling.temperature() == 0) {
            return;
        }
        int[] canary = context.canaries().sequence();
        int[] start = {canary[0], canary[1]};
        SamplingParams few = new SamplingParams(
                SAMPLES,
                sampling.temperature(),
                sampling.topP(),
                sampling.topK(),
                Math.min(MOST_TOKENS, Math.max(1, context.contextLength() - start.length)));
        Prompt prompt = new Prompt("rehearsal", "", start, Map.of());
        RolloutGroup group = context.actors()
                .rollouts()
                .generate(List.of(prompt), few, context.recipe().runSeed())
                .get(0);
        List<TokenSequence> rows = group.sequences();
        float[][] server =
                group.completions().stream().map(sample -> sample.logProbs()).toArray(float[][]::new);
        new RolloutGap(few, context.recipe().generation().largestGap()).all(learner, rows, server);
    }
}
