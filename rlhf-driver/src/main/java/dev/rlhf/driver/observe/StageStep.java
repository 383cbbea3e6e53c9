package dev.rlhf.driver.observe;

import dev.rlhf.core.run.StepReport;

/**
 * A step that is done.
 *
 * @param stage name of its stage
 * @param runStep its place in the whole run, from 1
 * @param report what it did
 */
public record StageStep(String stage, int runStep, StepReport report) {}
