package dev.rlhf.driver.stage.rewardmodel;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.ExampleSource;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.PairNumbers;
import dev.rlhf.core.loop.PairScores;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Output;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.PreferenceSource;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.driver.stage.TrainedStage;
import dev.rlhf.learner.files.ScoreStatistics;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reward models. */
public final class RewardModelKind implements StageKind<RewardModelStage> {
    /** Most pairs over which mean and deviation of the scores are taken; never more than were trained on. */
    private static final int MEASURED_PAIRS = 256;

    @Override
    public Class<RewardModelStage> recipe() {
        return RewardModelStage.class;
    }

    @Override
    public List<DataPart> data(RewardModelStage stage, DataLoader data) {
        return List.of(stage.data().read(data));
    }

    @Override
    public Stage open(RewardModelStage stage, StageContext context, StageStart start) {
        PreferenceSource pairs = stage.data().open(context.pairs(stage, start));
        Learner model = context.learner(stage, Head.REWARD, stage.steps(), start);
        SupervisedSettings learning =
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective());
        TrainingLoop loop =
                new SupervisedLoop(pairs.train(), learning, model, Optional.empty(), start.version(stage.data()));
        List<Experience> rows = PairScores.rows(pairs.heldOut());
        HeldOutRows heldOut = new HeldOutRows(rows, learning, outputs -> PairNumbers.ofRewardModel(outputs, rows));
        return TrainedStage.supervised(context, stage, model, loop, heldOut, Optional.empty())
                .leaving(() -> statistics(stage, model, pairs.train())::write);
    }

    private static ScoreStatistics statistics(RewardModelStage stage, Learner model, ExampleSource pairs) {
        int count = (int) Math.min(MEASURED_PAIRS, (long) stage.steps() * stage.batchSize());
        List<TokenSequence> measured =
                pairs.next(count).stream().map(Experience::sequence).toList();
        return ScoreStatistics.of(PairScores.ofRewardModel(model.evaluate(measured, 1.0, Set.of(Output.VALUES))));
    }

    @Override
    public StageWords words(RewardModelStage stage) {
        return StageWords.of(
                stage, StageFamily.PAIRS, List.of(new Fact("pairs a step", String.valueOf(stage.batchSize()))));
    }
}
