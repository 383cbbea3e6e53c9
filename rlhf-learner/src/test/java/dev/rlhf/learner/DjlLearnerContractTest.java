package dev.rlhf.learner;

import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.testing.LearnerContract;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class DjlLearnerContractTest extends LearnerContract {
    private final GoldenCase golden = GoldenCase.of("untied");
    private final List<DjlLearner> opened = new ArrayList<>();

    @AfterEach
    void free() {
        opened.forEach(DjlLearner::close);
    }

    @Override
    protected Learner open() {
        DjlLearner learner = DjlLearner.open(golden.settings(Head.LANGUAGE_MODEL, 12), GoldenCase.OPTIMISER, 10);
        opened.add(learner);
        return learner;
    }
}
