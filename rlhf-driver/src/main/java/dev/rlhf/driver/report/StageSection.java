package dev.rlhf.driver.report;

import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.observe.Vocabulary;
import dev.rlhf.driver.recipe.StageKinds;

/**
 * The part of the page that is about one stage.
 *
 * @param anchor its id on the page
 * @param stage what the files tell of it
 * @param words what is said of it beside its numbers
 * @param charts its charts
 * @param samples its answers
 */
record StageSection(String anchor, StageRecord stage, StageWords words, Charts charts, Samples samples) {
    static StageSection of(String anchor, StageRecord stage) {
        StageWords words = StageKinds.words(stage.recipe());
        return new StageSection(anchor, stage, words, new Charts(stage, words), new Samples(stage));
    }

    /** What stages of this kind do. */
    String purpose() {
        return Vocabulary.purpose(words.purpose());
    }
}
