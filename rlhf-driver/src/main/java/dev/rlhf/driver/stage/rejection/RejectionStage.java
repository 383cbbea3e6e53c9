package dev.rlhf.driver.stage.rejection;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.select.Selector;
import dev.rlhf.core.update.EntropyTerm;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.driver.config.EarlierStages;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.LearningStage;
import dev.rlhf.driver.config.RewardChecks;
import dev.rlhf.driver.data.Draw;
import dev.rlhf.driver.data.PromptData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rejection sampling: supervised fine-tuning on the model's own samples that are worth most.
 *
 * @param name name that later stages refer to
 * @param kind {@code rejection-sampling}
 * @param from stage whose weights it starts from, and draws its samples with, or base
 * @param steps training steps
 * @param prompts prompts that are answered before the first step, drawn from the data; fewer where the data have fewer
 * @param batchSize examples of a step
 * @param microBatchTokens most positions of one forward and backward pass; a prompt that rows share counts once
 * @param data the prompts
 * @param sampling how samples are drawn
 * @param rewards terms of the reward that samples are chosen by, at least one
 * @param select which samples are learnt from
 * @param reduction how token losses become one number
 * @param optimiser AdamW
 * @param evaluation how the model is measured on data it does not train on; null measures it at its end alone
 */
@Block(value = "stage", kinds = "rejection-sampling")
public record RejectionStage(
        String name,
        String kind,
        String from,
        @Range(min = 1) int steps,
        @Range(min = 1) int prompts,
        @Range(min = 1) int batchSize,
        @Range(min = 1) int microBatchTokens,
        PromptData data,
        SamplingParams sampling,
        List<RewardRecipe> rewards,
        Selector select,
        Reduction reduction,
        OptimiserSettings optimiser,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements LearningStage {
    /** Keeps its own copy of {@code rewards} and checks what one key asks of another; throws USER naming the key. */
    public RejectionStage {
        rewards = List.copyOf(rewards);
        RewardChecks.require(rewards, sampling.maxTokens());
        try {
            select.requireFits(prompts, sampling.samplesPerPrompt());
        } catch (KeyException complaint) {
            throw new KeyException("select." + complaint.path(), complaint.complaint());
        }
    }

    @Override
    public List<Draw> draws() {
        return List.of(new Draw(data, sampling));
    }

    @Override
    public boolean leavesPolicy() {
        return true;
    }

    /** The loss, and the entropy beside it. */
    public Objective objective() {
        return Objective.sum(new Likelihood(reduction), new EntropyTerm(0, reduction));
    }

    @Override
    public void check(EarlierStages earlier) {
        RewardChecks.require(rewards, data, earlier);
    }
}
