package dev.rlhf.driver.stage;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.config.PairStage;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.PairStart;
import java.nio.file.Path;
import java.util.List;

/**
 * What every stage of a run shares.
 *
 * @param recipe the recipe
 * @param directory the run's files
 * @param base the model that stages call base
 * @param contextLength most tokens of a sequence
 * @param canaries how generation servers show that they have the right weights
 * @param data reads data sets
 * @param actors who does the work
 */
public record StageContext(
        Recipe recipe,
        RunDirectory directory,
        Path base,
        int contextLength,
        Canaries canaries,
        DataLoader data,
        RunActors actors) {

    /** The seed of a stage: equal names draw equal numbers. */
    public Seed seed(StageRecipe stage) {
        return seed(stage.name());
    }

    private Seed seed(String stage) {
        return recipe.runSeed().derive("stage " + stage);
    }

    /** The model directory that stages call {@code name}. */
    public Path model(String name) {
        return name.equals(Recipe.BASE) ? base : directory.stage(name);
    }

    /** How to open the model called {@code name} for a stage. */
    public NetworkSettings network(String name, Head head, StageRecipe stage) {
        return network(model(name), head, stage);
    }

    /** How to open a model directory for a stage. */
    public NetworkSettings network(Path model, Head head, StageRecipe stage) {
        return new NetworkSettings(
                model.toAbsolutePath().toString(),
                head,
                stage.microBatchTokens(),
                recipe.threads(),
                seed(stage).derive("head"),
                // A server may have been started on an untied copy of a tied model.
                !recipe.generation().ours(),
                recipe.recompute(),
                head == Head.LANGUAGE_MODEL
                        && recipe.generation().ours()
                        && !stage.draws().isEmpty(),
                recipe.precision(),
                recipe.device(),
                directory.divergedBatch().toAbsolutePath().toString());
    }

    /** The network that a stage trains, where it starts or goes on, for so many optimiser steps in all. */
    public Learner learner(LearningStage stage, Head head, int optimiserSteps, StageStart start) {
        Learner learner = actors.learner()
                .open(LearnerNames.POLICY, network(stage.from(), head, stage), stage.optimiser(), optimiserSteps);
        start.restore(learner, LearnerNames.POLICY);
        return learner;
    }

    /** The model that a stage starts from, which stays as it is. */
    public Network reference(StageRecipe stage) {
        return actors.learner().open(LearnerNames.REFERENCE, network(stage.from(), Head.LANGUAGE_MODEL, stage));
    }

    /** All reward actors as one scorer by a stage's {@code rewards} of completions of at most {@code maxTokens} tokens. */
    public Scorer scorer(StageRecipe stage, List<RewardRecipe> rewards, int maxTokens) {
        return actors.scorer(RewardTerms.of(this, stage, rewards, maxTokens));
    }

    /** What the pairs of a stage are read or made with. */
    public PairStart pairs(PairStage stage, StageStart start) {
        return new PairStart(data, () -> published(stage, start.firstVersion()), seed(stage.pairsOf()), start.loop());
    }

    /** The generation servers with the model that a stage starts from. */
    public RolloutEngine published(StageRecipe stage, WeightVersion version) {
        Network model =
                actors.learner().open(LearnerNames.PUBLISHED, network(stage.from(), Head.LANGUAGE_MODEL, stage));
        weights().publish(model, version);
        actors.learner().close(LearnerNames.PUBLISHED);
        return actors.rollouts();
    }

    /** The versions of the policy's weights. */
    public WeightStore weights() {
        return new WeightStore(
                directory.weights(),
                actors.rollouts(),
                canaries,
                recipe.generation().ours());
    }
}
