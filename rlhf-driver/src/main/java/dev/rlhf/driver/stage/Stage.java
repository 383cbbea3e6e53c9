package dev.rlhf.driver.stage;

import dev.rlhf.driver.loop.TrainingLoop;

/** A stage that runs. */
public interface Stage {
    /** Its loop. */
    TrainingLoop loop();

    /** Writes the model it leaves, measures it and frees its networks. */
    StageScores finish();
}
