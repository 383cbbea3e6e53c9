package dev.rlhf.core.loop;

import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.update.Experience;
import java.util.List;

/** An endless source of training examples that are not drawn from the policy: demonstrations or preference pairs. */
public interface ExampleSource {
    /**
     * The next examples.
     *
     * @param count number of examples
     * @return the rows of all of them: one a demonstration, chosen then rejected a pair
     */
    List<Experience> next(int count);

    /** How far the source has been drawn; one cursor for each list it mixes. */
    List<PromptCursor> cursors();
}
