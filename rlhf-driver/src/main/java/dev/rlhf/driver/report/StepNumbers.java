package dev.rlhf.driver.report;

import java.util.Map;

/**
 * A line of {@code metrics.jsonl}.
 *
 * @param step step within its stage, from 1
 * @param values its finite numbers by name, e.g. {@code reward_mean}, {@code time_step_s}
 */
record StepNumbers(int step, Map<String, Double> values) {}
