package dev.rlhf.driver.observe;

import java.util.ArrayDeque;
import java.util.Deque;

/** Says so, once a stage, when most prompts' answers all earn the same, for then there is nothing to learn from. */
public final class EqualRewardWatch implements RunObserver {
    private static final int STEPS = 5;
    private static final double MOST = 0.8;

    private final RunObserver told;
    private final Deque<Double> recent = new ArrayDeque<>();
    private boolean said;

    /** Tells {@code told}. */
    public EqualRewardWatch(RunObserver told) {
        this.told = told;
    }

    @Override
    public void stageStarted(StageStarted stage) {
        recent.clear();
        said = false;
    }

    @Override
    public void stepDone(StageStep step) {
        Double share = step.report().metrics().get("zero_variance_groups");
        if (said || share == null) {
            return;
        }
        recent.add(share);
        if (recent.size() > STEPS) {
            recent.remove();
        }
        double mean = recent.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        if (recent.size() == STEPS && mean >= MOST) {
            said = true;
            told.notice("stage " + step.stage() + ": over the last " + STEPS + " steps the answers of "
                    + Figures.share(mean) + " of the prompts all earned the same, so that there is little to learn from"
                    + " their comparison; take prompts that the model sometimes solves, more samples-per-prompt, a"
                    + " higher temperature, or a reward with steps in between");
        }
    }
}
