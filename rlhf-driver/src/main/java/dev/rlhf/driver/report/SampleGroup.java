package dev.rlhf.driver.report;

import dev.rlhf.core.run.Sample;
import java.util.List;

/**
 * Answers from one time of a stage.
 *
 * @param title when, e.g. "Step 1"
 * @param answers the answers
 */
record SampleGroup(String title, List<Answer> answers) {
    /**
     * One answer.
     *
     * @param sample what was asked, answered and earned
     * @param percent where the reward lies between the least and the greatest of the stage's samples, in [0, 100]
     */
    record Answer(Sample sample, int percent) {}
}
