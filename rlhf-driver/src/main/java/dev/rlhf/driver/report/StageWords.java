package dev.rlhf.driver.report;

import static dev.rlhf.driver.report.Words.setting;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.driver.config.KlRecipe;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.RewardRecipe;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A stage in plain words, for a reader who has not seen one. */
final class StageWords {
    private StageWords() {}

    /** What stages of this kind do. */
    static String purpose(StageRecipe stage) {
        return switch (stage.kind()) {
            case "sft" ->
                "Supervised fine-tuning: the model learns by imitating given answers. It is the ground that"
                        + " later stages build on.";
            case "reward-model" ->
                "Reward model: a second model learns from pairs of answers which one is better, so that"
                        + " it can score any answer later.";
            case "dpo" ->
                "Direct preference optimisation: the model learns from pairs of answers to make the better one"
                        + " likelier, without a reward model.";
            case "ppo" ->
                "Proximal policy optimisation: the model writes answers, a reward scores them, and a critic's"
                        + " forecast tells which ones did better than expected; those become likelier, in small steps.";
            case "grpo" ->
                "Group relative policy optimisation: the model writes several answers to each prompt; those that"
                        + " score above their group's mean become likelier, the others less likely.";
            case "rloo" ->
                "REINFORCE leave-one-out: the model writes several answers to each prompt; each one is compared"
                        + " with the mean of the others.";
            case "reinforce" ->
                "REINFORCE: the model writes answers, and those that score above the mean of the batch"
                        + " become likelier.";
            default -> throw RlhfException.bug("the report has no words for the kind " + stage.kind());
        };
    }

    /** Its most telling settings. */
    static List<Fact> settings(StageRecipe stage) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("starts from", stage.from()));
        if (stage instanceof SftStage sft) {
            facts.add(new Fact("examples a step", String.valueOf(sft.batchSize())));
        } else if (stage instanceof RewardModelStage rewardModel) {
            facts.add(new Fact("pairs a step", String.valueOf(rewardModel.batchSize())));
        } else if (stage instanceof PreferenceStage preference) {
            facts.add(new Fact("pairs a step", String.valueOf(preference.batchSize())));
            facts.add(new Fact("β", setting(preference.objective().beta())));
        } else if (stage instanceof PolicyStage policy) {
            add(facts, policy);
        } else {
            throw RlhfException.bug("the report has no settings of the kind " + stage.kind());
        }
        facts.add(new Fact("learning rate", setting(stage.optimiser().learningRate())));
        return facts;
    }

    private static void add(List<Fact> facts, PolicyStage stage) {
        facts.add(new Fact(
                "answers a step",
                stage.promptsPerStep() + " prompts × " + stage.sampling().samplesPerPrompt()));
        facts.add(new Fact(
                "reward", stage.rewards().stream().map(StageWords::reward).collect(Collectors.joining(" + "))));
        facts.add(new Fact("KL penalty", penalty(stage.kl())));
    }

    private static String reward(RewardRecipe reward) {
        String weight = reward.weight() == 1 ? "" : setting(reward.weight()) + " × ";
        if (reward instanceof RewardRecipe.Model model) {
            return weight + "score of " + model.from();
        } else if (reward instanceof RewardRecipe.PositionMatch) {
            return weight + "characters in place";
        } else if (reward instanceof RewardRecipe.ExactMatch) {
            return weight + "exact answer";
        } else if (reward instanceof RewardRecipe.NumericAnswer) {
            return weight + "right number";
        } else if (reward instanceof RewardRecipe.LengthPenalty) {
            return weight + "length penalty";
        }
        throw RlhfException.bug("the report has no words for the reward " + reward);
    }

    private static String penalty(KlRecipe kl) {
        return switch (kl.in()) {
            case REWARD -> strength(kl) + " in the reward";
            case LOSS -> strength(kl) + " in the loss";
            case METRICS, NONE -> "none";
        };
    }

    private static String strength(KlRecipe kl) {
        return kl.controller() instanceof AdaptiveKl adaptive
                ? "adaptive, towards " + setting(adaptive.target()) + " nats"
                : "β " + setting(kl.controller().beta());
    }
}
