package dev.rlhf.driver.stage.preference;

import static dev.rlhf.driver.observe.Figures.setting;

import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.PairNumbers;
import dev.rlhf.core.loop.PairScores;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.PreferenceSource;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.EvaluatedModels;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.driver.stage.TrainedStage;
import java.util.List;
import java.util.Optional;

/** Learning from preferences without a reward model: DPO, IPO, KTO. */
public final class PreferenceKind implements StageKind<PreferenceStage> {
    @Override
    public Class<PreferenceStage> recipe() {
        return PreferenceStage.class;
    }

    @Override
    public List<DataPart> data(PreferenceStage stage, DataLoader data) {
        return List.of(stage.data().read(data));
    }

    @Override
    public Stage open(PreferenceStage stage, StageContext context, StageStart start) {
        PreferenceSource pairs = stage.data().open(context.pairs(stage, start));
        Network reference = context.reference(stage);
        Learner policy = context.learner(stage, Head.LANGUAGE_MODEL, stage.steps(), start);
        SupervisedSettings learning =
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective());
        TrainingLoop loop = new SupervisedLoop(
                pairs.train(), learning, policy, Optional.of(reference), start.version(stage.data()));
        List<Experience> heldOut = SupervisedLoop.compared(
                stage.objective().rows(PairScores.rows(pairs.heldOut())), Optional.of(reference));
        EvaluatedModels models = new EvaluatedModels(policy, Optional.of(reference), start.firstVersion());
        return TrainedStage.supervised(
                context,
                stage,
                policy,
                loop,
                new HeldOutRows(heldOut, learning, outputs -> PairNumbers.ofPolicy(outputs, heldOut)),
                HeldOutPrompts.open(context, stage, models));
    }

    @Override
    public StageWords words(PreferenceStage stage) {
        return StageWords.of(
                stage,
                StageFamily.PAIRS,
                List.of(
                        new Fact("pairs a step", String.valueOf(stage.batchSize())),
                        new Fact("β", setting(stage.objective().beta()))));
    }
}
