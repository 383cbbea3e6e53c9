package dev.rlhf.driver.stage.rewardmodel;

import dev.rlhf.core.base.TokenSequence;
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
import dev.rlhf.core.update.Output;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.data.PreferenceSource;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.learner.files.ScoreStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Training a reward model on preference pairs. */
final class RewardModelling implements Stage {
    /** Most pairs over which mean and deviation of the scores are taken; never more than were trained on. */
    private static final int MEASURED_PAIRS = 256;

    private final StageContext context;
    private final RewardModelStage stage;
    private final Learner model;
    private final PreferenceSource pairs;
    private final TrainingLoop loop;
    private final HeldOutRows heldOut;

    private RewardModelling(
            StageContext context,
            RewardModelStage stage,
            Learner model,
            PreferenceSource pairs,
            SupervisedSettings learning,
            TrainingLoop loop) {
        this.context = context;
        this.stage = stage;
        this.model = model;
        this.pairs = pairs;
        this.loop = loop;
        this.heldOut = new HeldOutRows(PairScores.rows(pairs.heldOut()), learning, PairScores::ofRewardModel);
    }

    static Stage open(StageContext context, RewardModelStage stage, StageStart start) {
        PreferenceSource pairs = stage.data().open(context.pairs(stage, start));
        Learner model = context.actors()
                .learner()
                .open(
                        LearnerNames.POLICY,
                        context.network(stage.from(), Head.REWARD, stage),
                        stage.optimiser(),
                        stage.steps());
        start.restore(model, LearnerNames.POLICY);
        SupervisedSettings learning =
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective());
        TrainingLoop loop = new SupervisedLoop(
                pairs.train(),
                learning,
                model,
                Optional.empty(),
                stage.data().draws().isEmpty() ? start.loop().version() : start.firstVersion());
        return new RewardModelling(context, stage, model, pairs, learning, loop);
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        return heldOut.measure(step, loop.state().version(), model);
    }

    @Override
    public void saveModel(Path folder) {
        model.save(folder);
    }

    @Override
    public void finish() {
        int count = (int) Math.min(MEASURED_PAIRS, (long) stage.steps() * stage.batchSize());
        List<TokenSequence> measured =
                pairs.train().next(count).stream().map(Experience::sequence).toList();
        ScoreStatistics statistics =
                ScoreStatistics.of(PairScores.ofRewardModel(model.evaluate(measured, 1.0, Set.of(Output.VALUES))));
        DurableDirectory.write(context.directory().stage(stage.name()), folder -> {
            saveModel(folder);
            statistics.write(folder);
        });
        context.actors().learner().close(LearnerNames.POLICY);
    }
}
