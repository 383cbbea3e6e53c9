package dev.rlhf.driver.observe;

import dev.rlhf.core.run.Evaluation;

/**
 * An evaluation that is done.
 *
 * @param stage name of its stage
 * @param runStep steps of the whole run that were done by then
 * @param evaluation what was measured
 * @param seconds wall time it took
 */
public record StageEvaluation(String stage, int runStep, Evaluation evaluation, double seconds) {}
