package dev.rlhf.driver.report;

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
     * @param prompt what was asked
     * @param expected the known answer; empty where there is none
     * @param response what the model wrote
     * @param reward what it earned
     * @param parts what the reward is made of, where there are several parts
     * @param percent where the reward lies between the least and the greatest of the stage's samples, in [0, 100]
     */
    record Answer(String prompt, String expected, String response, String reward, List<Fact> parts, int percent) {}
}
