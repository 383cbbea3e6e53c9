package dev.rlhf.testing;

import dev.rlhf.core.update.Learner;

class ToyLearnerTest extends LearnerContract {
    @Override
    protected Learner open() {
        return ToyLearner.policy(ToyTask.VOCABULARY, 0.5);
    }
}
