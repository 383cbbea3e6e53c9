package dev.rlhf.driver.stage.preference;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.PairScores;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.data.PreferenceSource;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Direct preference optimisation against a frozen reference. */
final class DirectAlignment implements Stage {
    private final StageContext context;
    private final PreferenceStage stage;
    private final Learner policy;
    private final TrainingLoop loop;
    private final HeldOutRows heldOut;
    private final Optional<HeldOutPrompts> prompts;

    private DirectAlignment(
            StageContext context, PreferenceStage stage, Learner policy, TrainingLoop loop, HeldOutRows heldOut) {
        this.context = context;
        this.stage = stage;
        this.policy = policy;
        this.loop = loop;
        this.heldOut = heldOut;
        this.prompts = HeldOutPrompts.open(context, stage);
    }

    static Stage open(StageContext context, PreferenceStage stage, StageStart start) {
        PreferenceSource pairs = stage.data().open(context.pairs(stage, start));
        NetworkSettings settings = context.network(stage.from(), Head.LANGUAGE_MODEL, stage);
        Network reference = context.actors().learner().open(LearnerNames.REFERENCE, settings);
        Learner policy =
                context.actors().learner().open(LearnerNames.POLICY, settings, stage.optimiser(), stage.steps());
        start.restore(policy, LearnerNames.POLICY);
        SupervisedSettings learning =
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective());
        TrainingLoop loop = new SupervisedLoop(
                pairs.train(),
                learning,
                policy,
                Optional.of(reference),
                stage.data().draws().isEmpty() ? start.loop().version() : start.firstVersion());
        List<Experience> heldOut = SupervisedLoop.compared(
                learning.objective().rows(PairScores.rows(pairs.heldOut())), Optional.of(reference));
        return new DirectAlignment(
                context,
                stage,
                policy,
                loop,
                new HeldOutRows(heldOut, learning, outputs -> PairScores.ofPolicy(outputs, heldOut)));
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        Evaluation measured = heldOut.measure(step, loop.state().version(), policy);
        return prompts.map(held -> held.judge(measured, policy, next)).orElse(measured);
    }

    @Override
    public void saveModel(Path folder) {
        policy.save(folder);
    }

    @Override
    public void finish() {
        DurableDirectory.write(context.directory().stage(stage.name()), this::saveModel);
        context.actors().learner().close(LearnerNames.POLICY);
        context.actors().learner().close(LearnerNames.REFERENCE);
    }
}
