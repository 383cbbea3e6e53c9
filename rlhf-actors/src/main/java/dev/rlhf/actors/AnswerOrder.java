package dev.rlhf.actors;

import dev.rlhf.core.base.RlhfException;
import java.util.List;

/** Answers that come back without what they answer are put to it by their order, which must be the asker's. */
final class AnswerOrder {
    private AnswerOrder() {}

    /**
     * Throws BUG unless each prompt that was asked about has its answer at its place.
     *
     * @param what what was asked for, e.g. {@code scores}
     * @param asked ids of the prompts, [G]
     * @param answered the prompt that each answer says it is for
     */
    static void require(String what, List<String> asked, List<String> answered) {
        if (asked.size() != answered.size()) {
            throw RlhfException.bug("actors were asked for " + what + " of " + asked.size()
                    + " prompts and answered for " + answered.size());
        }
        for (int g = 0; g < asked.size(); g++) {
            if (!asked.get(g).equals(answered.get(g))) {
                throw RlhfException.bug("actors were asked for " + what + " of prompt " + asked.get(g)
                        + " and answered with those of " + answered.get(g));
            }
        }
    }
}
