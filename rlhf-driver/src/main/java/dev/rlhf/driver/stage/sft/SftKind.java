package dev.rlhf.driver.stage.sft;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.ShuffledExamples;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.Loaded;
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

/** Supervised fine-tuning. */
public final class SftKind implements StageKind<SftStage> {
    @Override
    public Class<SftStage> recipe() {
        return SftStage.class;
    }

    @Override
    public List<DataPart> data(SftStage stage, DataLoader data) {
        Loaded<TokenSequence> train = stage.data().load(data);
        Loaded<TokenSequence> heldOut =
                stage.data().leftOut().map(rows -> rows.load(data)).orElse(Loaded.none(train.source()));
        return List.of(DataPart.of("data", train, heldOut));
    }

    @Override
    public Stage open(SftStage stage, StageContext context, StageStart start) {
        List<List<Experience>> demonstrations = stage.data().load(context.data()).items().stream()
                .map(demonstration -> List.of(Experience.of(demonstration)))
                .toList();
        Learner policy = context.learner(stage, Head.LANGUAGE_MODEL, stage.steps(), start);
        TrainingLoop loop = new SupervisedLoop(
                new ShuffledExamples(demonstrations, context.seed(stage), start.loop()),
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective()),
                policy,
                Optional.empty(),
                start.loop().version());
        List<Experience> heldOut =
                stage.data().leftOut().map(rows -> rows.load(context.data()).items()).orElse(List.of()).stream()
                        .map(Experience::of)
                        .toList();
        SupervisedSettings measured =
                new SupervisedSettings(1, context.contextLength(), new Likelihood(Reduction.TOKEN_MEAN));
        EvaluatedModels models = new EvaluatedModels(policy, Optional.empty(), start.firstVersion());
        return TrainedStage.supervised(
                context,
                stage,
                policy,
                loop,
                new HeldOutRows(heldOut, measured, HeldOutRows.NO_NUMBERS),
                HeldOutPrompts.open(context, stage, models));
    }

    @Override
    public StageWords words(SftStage stage) {
        return StageWords.of(
                stage, StageFamily.IMITATION, List.of(new Fact("examples a step", String.valueOf(stage.batchSize()))));
    }
}
