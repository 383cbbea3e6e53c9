package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import java.nio.file.Path;

/** A stage that runs. */
public interface Stage {
    /** Its loop. */
    TrainingLoop loop();

    /**
     * Measures the model as it is now; nothing that training depends on is changed by it.
     *
     * @param step steps done
     * @param next version under which weights are published that no generation server holds yet
     * @return what was measured, without values where the stage holds out nothing
     */
    Evaluation evaluate(int step, WeightVersion next);

    /** Writes the model as it is now, a Hugging Face directory. */
    void saveModel(Path folder);

    /** Writes the model it leaves and frees its networks. */
    void finish();
}
