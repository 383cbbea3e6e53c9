package dev.rlhf.driver.report;

import dev.rlhf.core.run.Sample;

/**
 * A line of {@code samples.jsonl}.
 *
 * @param step step within its stage, from 1; 0 is before the first
 * @param sample the completion
 */
record StepSample(int step, Sample sample) {
    /** Whether it was kept for this reason. */
    boolean is(Sample.Pick pick) {
        return sample.pick() == pick;
    }
}
