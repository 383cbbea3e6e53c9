package dev.rlhf.driver.stage.rewardmodel;

import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import java.util.List;

/** Reward models. */
public final class RewardModelKind implements StageKind<RewardModelStage> {
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
        return RewardModelling.open(context, stage, start);
    }

    @Override
    public StageWords words(RewardModelStage stage) {
        return StageWords.of(
                stage, StageFamily.PAIRS, List.of(new Fact("pairs a step", String.valueOf(stage.batchSize()))));
    }
}
