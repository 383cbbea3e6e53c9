package dev.rlhf.driver.observe;

import dev.rlhf.driver.config.LearningStage;
import java.util.ArrayList;
import java.util.List;

/**
 * What the report says of a stage beside its numbers.
 *
 * <p>Example: {@code StageWords.of(stage, StageFamily.PAIRS, List.of(new Fact("pairs a step", "32")))}.
 *
 * @param purpose key of the sentences on what such stages do, below {@code stages} in words.yaml
 * @param family what it learns from
 * @param facts its most telling settings, in the order in which they are shown
 */
public record StageWords(String purpose, StageFamily family, List<Fact> facts) {
    /** Keeps its own copy of {@code facts}. */
    public StageWords {
        facts = List.copyOf(facts);
    }

    /** The words of the stage's kind, its start, the facts that are its kind's {@code own}, and its learning rate. */
    public static StageWords of(LearningStage stage, StageFamily family, List<Fact> own) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("starts from", stage.from()));
        facts.addAll(own);
        facts.add(new Fact("learning rate", Figures.setting(stage.optimiser().learningRate())));
        return new StageWords(stage.kind(), family, facts);
    }
}
