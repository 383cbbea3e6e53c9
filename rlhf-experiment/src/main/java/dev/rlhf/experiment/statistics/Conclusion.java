package dev.rlhf.experiment.statistics;

/** What the data say of a comparison; computed by one rule, never written by hand. */
public enum Conclusion {
    /** The measure rises. */
    RISES,
    /** The measure falls. */
    FALLS,
    /** The data do not tell. */
    CANNOT_TELL;

    /** A difference that chance makes at most this often, all comparisons of the experiment taken together, is believed. */
    public static final double LEVEL = 0.05;

    /**
     * The rule: the sign of the slope where its adjusted probability is below {@link #LEVEL}, else cannot tell.
     *
     * @param slope rise from column to column
     * @param adjusted probability of such a slope by chance, adjusted for the number of comparisons; NaN where it is not known
     */
    public static Conclusion of(double slope, double adjusted) {
        if (!(adjusted < LEVEL) || slope == 0) {
            return CANNOT_TELL;
        }
        return slope > 0 ? RISES : FALLS;
    }
}
