package dev.rlhf.driver.stage.policy;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.RewardTerms;
import dev.rlhf.driver.stage.SampledPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import java.util.List;

/** Policy optimisation on samples of the policy itself: PPO, GRPO and their kin. */
public final class PolicyKind implements StageKind<PolicyStage> {
    @Override
    public Class<PolicyStage> recipe() {
        return PolicyStage.class;
    }

    @Override
    public List<DataPart> data(PolicyStage stage, DataLoader data) {
        Loaded<Prompt> prompts = stage.data().load(data, stage.sampling().maxTokens());
        RewardTerms.requireScorable(stage.rewards(), prompts.items());
        return List.of(new SampledPrompts(stage, stage.data(), prompts));
    }

    @Override
    public Stage open(PolicyStage stage, StageContext context, StageStart start) {
        return PolicyOptimisation.open(context, stage, start);
    }

    @Override
    public StageWords words(PolicyStage stage) {
        return StageWords.of(
                stage,
                StageFamily.REWARDS,
                List.of(
                        new Fact(
                                "answers a step",
                                stage.promptsPerStep() + " prompts × "
                                        + stage.sampling().samplesPerPrompt()),
                        new Fact("reward", RewardTerms.words(stage.rewards())),
                        new Fact("KL penalty", stage.kl().words())));
    }
}
