package dev.rlhf.core.update;

/** log π(y) − log π_ref(y) of a whole response: what every loss on preferences is made of. */
final class LogRatio {
    private LogRatio() {}

    /** The sum over the trained tokens of a row. */
    static double of(Experience row, float[] logProbs) {
        float[] reference = row.get(Input.REFERENCE_LOG_PROBS);
        double sum = 0;
        for (int t = 0; t < logProbs.length; t++) {
            sum += row.mask()[t] ? (double) logProbs[t] - reference[t] : 0;
        }
        return sum;
    }
}
