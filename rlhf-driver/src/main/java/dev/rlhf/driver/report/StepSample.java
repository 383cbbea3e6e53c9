package dev.rlhf.driver.report;

import dev.rlhf.core.run.Sample;
import java.util.Map;
import java.util.Optional;

/**
 * A line of {@code samples.jsonl}.
 *
 * @param step step within its stage, from 1
 * @param prompt prompt text
 * @param response completion text
 * @param reward its total reward
 * @param pick why it was kept
 * @param expected the known answer, or empty
 * @param components score of each part of the reward by name
 */
record StepSample(
        int step,
        String prompt,
        String response,
        double reward,
        Sample.Pick pick,
        Optional<String> expected,
        Map<String, Double> components) {}
