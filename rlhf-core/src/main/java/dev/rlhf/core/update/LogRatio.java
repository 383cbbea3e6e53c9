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

    /**
     * Adds what a loss whose derivative by the log-ratio is {@code derivative} asks of each trained token.
     *
     * @param i index of the row in the slice
     */
    static void differentiate(GradientSum sum, int i, Experience row, double derivative) {
        for (int t = 0; t < row.mask().length; t++) {
            if (row.mask()[t]) {
                sum.addLogProb(i, t, derivative);
            }
        }
    }
}
