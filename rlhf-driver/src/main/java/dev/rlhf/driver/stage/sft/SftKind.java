package dev.rlhf.driver.stage.sft;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import java.util.List;

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
        return Imitation.open(context, stage, start);
    }

    @Override
    public StageWords words(SftStage stage) {
        return StageWords.of(
                stage, StageFamily.IMITATION, List.of(new Fact("examples a step", String.valueOf(stage.batchSize()))));
    }
}
