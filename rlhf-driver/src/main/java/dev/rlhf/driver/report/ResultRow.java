package dev.rlhf.driver.report;

/**
 * A row of the final table.
 *
 * @param anchor id of the stage's section; empty where there is none
 * @param name the stage
 * @param kind its kind in the recipe
 * @param steps steps done, of how many while it is under way
 * @param accuracy held-out accuracy
 * @param gain what it won over the stage it started from, in points; empty where that cannot be told
 * @param reward mean reward of the last steps
 * @param kl KL of the last steps
 * @param pairAccuracy share of held-out pairs ranked right
 * @param pairGain what it won over the model the stage started with
 * @param loss loss over held-out data; empty where no stage of the run has one
 * @param lossBefore what it was before the first step; empty where that is not known
 * @param time wall time
 */
record ResultRow(
        String anchor,
        String name,
        String kind,
        String steps,
        Share accuracy,
        String gain,
        String reward,
        String kl,
        Share pairAccuracy,
        String pairGain,
        String loss,
        String lossBefore,
        String time) {
    /**
     * A share in words and for the eye.
     *
     * @param text as written
     * @param percent length of its bar, in [0, 100]
     */
    record Share(String text, int percent) {
        static final Share NONE = new Share(Words.NONE, 0);
    }
}
