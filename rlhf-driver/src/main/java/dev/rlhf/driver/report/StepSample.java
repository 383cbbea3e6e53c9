package dev.rlhf.driver.report;

/**
 * A line of {@code samples.jsonl}.
 *
 * @param step step within its stage, from 1
 * @param prompt prompt text
 * @param response completion text
 * @param reward its total reward
 */
record StepSample(int step, String prompt, String response, double reward) {}
