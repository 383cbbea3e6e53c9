package dev.rlhf.driver.report;

import static dev.rlhf.driver.observe.Figures.setting;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.driver.config.KlRecipe;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import java.util.List;
import java.util.stream.Collectors;

/** The words of a stage by its kind. */
final class StageFacts {
    private StageFacts() {}

    static StageWords of(StageRecipe stage) {
        if (stage instanceof SftStage sft) {
            return StageWords.of(
                    sft, StageFamily.IMITATION, List.of(new Fact("examples a step", String.valueOf(sft.batchSize()))));
        } else if (stage instanceof RewardModelStage rewardModel) {
            return StageWords.of(
                    rewardModel,
                    StageFamily.PAIRS,
                    List.of(new Fact("pairs a step", String.valueOf(rewardModel.batchSize()))));
        } else if (stage instanceof PreferenceStage preference) {
            return StageWords.of(
                    preference,
                    StageFamily.PAIRS,
                    List.of(
                            new Fact("pairs a step", String.valueOf(preference.batchSize())),
                            new Fact("β", setting(preference.objective().beta()))));
        } else if (stage instanceof PolicyStage policy) {
            return StageWords.of(
                    policy,
                    StageFamily.REWARDS,
                    List.of(
                            new Fact(
                                    "answers a step",
                                    policy.promptsPerStep() + " prompts × "
                                            + policy.sampling().samplesPerPrompt()),
                            new Fact(
                                    "reward",
                                    policy.rewards().stream()
                                            .map(StageFacts::reward)
                                            .collect(Collectors.joining(" + "))),
                            new Fact("KL penalty", penalty(policy.kl()))));
        }
        throw RlhfException.bug("the report knows no words for the kind " + stage.kind());
    }

    private static String reward(RewardRecipe reward) {
        String weight = reward.weight() == 1 ? "" : setting(reward.weight()) + " × ";
        return weight + reward.words();
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
