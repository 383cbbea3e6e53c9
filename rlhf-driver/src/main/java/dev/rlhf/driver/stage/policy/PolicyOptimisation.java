package dev.rlhf.driver.stage.policy;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.Critic;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.PolicyActors;
import dev.rlhf.core.loop.PolicyLoop;
import dev.rlhf.core.loop.PolicySettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.PolicyLoss;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.RewardTerms;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.driver.stage.TrainedStage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** Policy optimisation on samples of the policy itself: PPO, GRPO, RLOO, REINFORCE. */
final class PolicyOptimisation {
    private PolicyOptimisation() {}

    static Stage open(StageContext context, PolicyStage stage, StageStart start) {
        Learner policy = context.learner(stage, Head.LANGUAGE_MODEL, stage.optimiserSteps(), start);
        PolicyActors actors = new PolicyActors(
                context.actors().rollouts(),
                context.actors()
                        .scorer(RewardTerms.of(context, stage, stage.sampling().maxTokens())),
                policy,
                reference(context, stage),
                Optional.ofNullable(stage.critic()).map(critic -> critic(context, stage, critic, start)),
                context.weights());
        WeightVersion version = start.firstVersion();
        context.weights().publish(policy, version);
        TrainingLoop loop = new PolicyLoop(
                settings(context, stage),
                actors,
                new ShuffledPrompts<>(
                        context.data().prompts(stage.data(), stage.sampling().maxTokens()),
                        context.seed(stage).derive("prompts"),
                        start.loop().cursor(0)),
                controller(stage, start),
                version);
        // The loop has published the weights as they are.
        Optional<HeldOutPrompts> prompts = HeldOutPrompts.open(context, stage);
        return TrainedStage.of(context, stage, policy, loop, (step, next) -> {
            Evaluation nothing = new Evaluation(step, loop.state().version(), Map.of(), List.of());
            return prompts.map(held -> held.judge(nothing)).orElse(nothing);
        });
    }

    private static Optional<Network> reference(StageContext context, PolicyStage stage) {
        return stage.kl().in() == KlRecipe.Place.NONE
                ? Optional.empty()
                : Optional.of(context.actors()
                        .learner()
                        .open(LearnerNames.REFERENCE, context.network(stage.from(), Head.LANGUAGE_MODEL, stage)));
    }

    private static Critic critic(StageContext context, PolicyStage stage, CriticRecipe recipe, StageStart start) {
        Learner learner = context.actors()
                .learner()
                .open(
                        LearnerNames.CRITIC,
                        context.network(recipe.from(), Head.VALUE, stage),
                        recipe.optimiser(),
                        stage.optimiserSteps());
        start.restore(learner, LearnerNames.CRITIC);
        return new Critic(learner, recipe.objective(), recipe.warmupSteps());
    }

    private static KlController controller(PolicyStage stage, StageStart start) {
        KlController configured = stage.kl().controller();
        return start.learners().isPresent() ? configured.withBeta(start.loop().klCoefficient()) : configured;
    }

    private static PolicySettings settings(StageContext context, PolicyStage stage) {
        boolean inLoss = stage.kl().in() == KlRecipe.Place.LOSS;
        PolicyLoss loss = stage.objective();
        DoubleFunction<Objective> objective =
                beta -> inLoss ? loss.withEntropyAndKl(stage.kl().estimator(), beta) : loss.withEntropy();
        return new PolicySettings(
                stage.promptsPerStep(),
                stage.sampling(),
                stage.advantage()::estimate,
                objective,
                stage.kl().in() == KlRecipe.Place.REWARD,
                stage.kl().estimator(),
                stage.epochsPerBatch(),
                stage.miniBatches(),
                stage.maskTruncated(),
                context.recipe().generation().largestGap(),
                context.seed(stage));
    }
}
