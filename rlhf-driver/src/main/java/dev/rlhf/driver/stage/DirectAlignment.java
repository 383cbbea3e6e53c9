package dev.rlhf.driver.stage;

import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.RankedSamples;
import dev.rlhf.driver.loop.LearnerNames;
import dev.rlhf.driver.loop.SupervisedLoop;
import dev.rlhf.driver.loop.TrainingLoop;
import java.util.Optional;

/** Direct preference optimisation against a frozen reference. */
final class DirectAlignment implements Stage {
    private final StageContext context;
    private final PreferenceStage stage;
    private final Learner policy;
    private final Network reference;
    private final PreferenceSource pairs;
    private final TrainingLoop loop;

    private DirectAlignment(
            StageContext context,
            PreferenceStage stage,
            Learner policy,
            Network reference,
            PreferenceSource pairs,
            TrainingLoop loop) {
        this.context = context;
        this.stage = stage;
        this.policy = policy;
        this.reference = reference;
        this.pairs = pairs;
        this.loop = loop;
    }

    static Stage open(StageContext context, PreferenceStage stage, StageStart start) {
        PreferenceSource pairs = PreferenceSource.open(context, stage, stage.data(), start);
        NetworkSettings settings = context.network(stage.from(), Head.LANGUAGE_MODEL, stage);
        Network reference = context.actors().learner().open(LearnerNames.REFERENCE, settings);
        Learner policy = context.actors()
                .learner()
                .open(LearnerNames.POLICY, settings, stage.optimiser().settings(stage.steps()));
        start.restore(policy, LearnerNames.POLICY);
        TrainingLoop loop = new SupervisedLoop(
                pairs.train(),
                stage.batchSize(),
                policy,
                Optional.of(reference),
                stage.objective().objective(),
                stage.data() instanceof RankedSamples
                        ? start.firstVersion()
                        : start.loop().version());
        return new DirectAlignment(context, stage, policy, reference, pairs, loop);
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public StageScores finish() {
        Double accuracy = PairScores.accuracy(PairScores.ofPolicy(policy, reference, PairScores.rows(pairs.heldOut())));
        StageScores scores =
                PolicyOutput.write(context, stage, policy, loop.state().version(), accuracy);
        context.actors().learner().close(LearnerNames.POLICY);
        context.actors().learner().close(LearnerNames.REFERENCE);
        return scores;
    }
}
