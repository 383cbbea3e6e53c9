package dev.rlhf.driver.stage.policy;

import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RewardNames;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.PolicyLoss;
import dev.rlhf.driver.config.EarlierStages;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.config.RewardChecks;
import dev.rlhf.driver.data.Draw;
import dev.rlhf.driver.data.PromptData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policy optimisation on samples of the policy itself.
 *
 * <p>Its kinds share one shape and differ in their defaults.
 *
 * @param name name that later stages refer to
 * @param kind {@code ppo}, {@code grpo}, {@code dapo}, {@code gspo}, {@code cispo}, {@code rloo} or {@code reinforce}
 * @param from stage whose weights it and its reference start from, or base
 * @param steps training steps
 * @param promptsPerStep prompts of a step
 * @param epochsPerBatch passes over the samples of a step
 * @param miniBatches optimiser steps of a pass
 * @param microBatchTokens most positions of one forward and backward pass; a prompt that rows share counts once
 * @param maskTruncated whether responses that were cut off at the token budget are not learnt from
 * @param data the prompts
 * @param sampling how samples are drawn
 * @param rewards terms of the reward, at least one
 * @param advantage how advantages are estimated
 * @param objective the policy's loss
 * @param kl the penalty for leaving the reference
 * @param critic the critic of the generalized advantage; other advantages have none
 * @param optimiser AdamW of the policy
 * @param evaluation how the model is measured on data it does not train on; null measures it at its end alone
 */
@Block(
        value = "stage",
        kinds = {"ppo", "grpo", "dapo", "gspo", "cispo", "rloo", "reinforce"})
public record PolicyStage(
        String name,
        String kind,
        String from,
        @Range(min = 1) int steps,
        @Range(min = 1) int promptsPerStep,
        @Range(min = 1) int epochsPerBatch,
        @Range(min = 1) int miniBatches,
        @Range(min = 1) int microBatchTokens,
        boolean maskTruncated,
        PromptData data,
        SamplingParams sampling,
        List<RewardRecipe> rewards,
        AdvantageEstimator advantage,
        PolicyLoss objective,
        KlRecipe kl,
        @Nullable CriticRecipe critic,
        OptimiserSettings optimiser,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements LearningStage {
    /** Keeps its own copy of {@code rewards} and checks what one key asks of another; throws USER naming the key. */
    public PolicyStage {
        rewards = List.copyOf(rewards);
        RewardChecks.require(rewards, sampling.maxTokens());
        KeyException.require(
                advantage.needsCritic() == (critic != null),
                "critic",
                advantage.needsCritic()
                        ? "is missing: the generalized advantage needs one"
                        : "is of use to the generalized advantage only");
        KeyException.require(
                !advantage.comparesGroup() || sampling.samplesPerPrompt() > 1,
                "sampling.samples-per-prompt",
                "must be at least 2, since the advantage compares samples of one prompt");
        KeyException.require(
                samplesPerStep(promptsPerStep, sampling) % miniBatches == 0,
                "mini-batches",
                "must divide the " + samplesPerStep(promptsPerStep, sampling) + " samples of a step");
    }

    /** Names under which the scores of {@code rewards} are recorded, in their order; no two are equal. */
    public List<String> rewardNames() {
        return RewardNames.of(rewards);
    }

    /** Samples of a step. */
    public int samplesPerStep() {
        return samplesPerStep(promptsPerStep, sampling);
    }

    /** Optimiser steps of the policy in the whole stage, critic-only steps included. */
    public int optimiserSteps() {
        return steps * epochsPerBatch * miniBatches;
    }

    @Override
    public List<Draw> draws() {
        return List.of(new Draw(data, sampling));
    }

    @Override
    public boolean leavesPolicy() {
        return true;
    }

    @Override
    public void check(EarlierStages earlier) {
        RewardChecks.require(rewards, data, earlier);
        if (critic != null) {
            earlier.requireModel(critic.from(), "critic.from");
        }
    }

    private static int samplesPerStep(int promptsPerStep, SamplingParams sampling) {
        return promptsPerStep * sampling.samplesPerPrompt();
    }
}
