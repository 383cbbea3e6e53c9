package dev.rlhf.core.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.PromptCursor;
import java.util.List;

/**
 * All that a loop remembers from step to step outside its learners.
 *
 * <p>There is no generator state: every draw is a function of seed, stage and step.
 *
 * @param cursors how far each of the loop's data sources has been drawn, in the loop's order
 * @param version weights the generation servers hold
 * @param klCoefficient β of the KL penalty, which an adaptive controller moves; 0 where there is none
 */
public record LoopState(List<PromptCursor> cursors, WeightVersion version, double klCoefficient) {
    /** Keeps its own copy of {@code cursors}. */
    public LoopState {
        cursors = List.copyOf(cursors);
    }

    /** The cursor of one source; the start where nothing was drawn yet. */
    public PromptCursor cursor(int source) {
        return source < cursors.size() ? cursors.get(source) : PromptCursor.START;
    }

    /** The state of a loop that has drawn nothing yet, with the same weights. */
    public LoopState restarted() {
        return new LoopState(List.of(), version, 0);
    }
}
