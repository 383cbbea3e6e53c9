package dev.rlhf.core.advantage;

/** Mean and spread of the unmasked numbers of ragged rows. */
record MaskedStatistics(int count, double mean, double unbiasedVariance) {
    static MaskedStatistics of(float[][] rows, boolean[][] mask) {
        int count = 0;
        double sum = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < rows[i].length; t++) {
                if (mask[i][t]) {
                    count++;
                    sum += rows[i][t];
                }
            }
        }
        double mean = count == 0 ? 0 : sum / count;
        double squares = 0;
        for (int i = 0; i < rows.length; i++) {
            for (int t = 0; t < rows[i].length; t++) {
                if (mask[i][t]) {
                    squares += (rows[i][t] - mean) * (rows[i][t] - mean);
                }
            }
        }
        return new MaskedStatistics(count, mean, count < 2 ? 0 : squares / (count - 1));
    }
}
