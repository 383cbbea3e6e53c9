package dev.rlhf.driver.report;

import java.util.List;

/**
 * The greedy answers to one held-out prompt.
 *
 * @param prompt what was asked
 * @param expected the known answer; empty where there is none
 * @param answers the model's, that before the first step first
 */
record HeldOutAnswer(String prompt, String expected, List<Answer> answers) {
    /**
     * One of the answers.
     *
     * @param when "before" or the step
     * @param response what the model wrote
     * @param score by the evaluation's rule
     * @param right whether it has the full score
     */
    record Answer(String when, String response, String score, boolean right) {}
}
