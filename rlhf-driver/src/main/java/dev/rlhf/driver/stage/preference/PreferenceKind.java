package dev.rlhf.driver.stage.preference;

import static dev.rlhf.driver.observe.Figures.setting;

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
        return DirectAlignment.open(context, stage, start);
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
