package dev.rlhf.driver.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.AdaptiveKl;
import dev.rlhf.driver.model.GivenModel;
import dev.rlhf.driver.recipe.Recipes;
import org.junit.jupiter.api.Test;

class MeaningsTest {
    /** Its sources are not laid beside it. */
    @Block("test")
    record Undocumented(int key) {}

    @Test
    void aKeyMeansWhatTheJavadocOfItsRecordSays() {
        assertThat(Meanings.of(SamplingParams.class))
                .containsEntry("topP", "nucleus mass; 1 keeps all")
                .containsOnlyKeys("samplesPerPrompt", "temperature", "topP", "topK", "maxTokens");
        assertThat(Meanings.of(AdaptiveKl.class)).containsEntry("target", "KL per sequence aimed at, in nats");
        assertThat(Meanings.of(GivenModel.class))
                .containsOnlyKeys("path")
                .containsEntry("path", "the directory, relative to the recipe");
    }

    @Test
    void aRecordWithoutSourcesHasNone() {
        assertThat(Meanings.of(Undocumented.class)).isEmpty();
    }

    @Test
    void everyKeyOfARecipeHasAMeaningInOneLine() {
        assertThat(Recipes.defaults().lines().filter(line -> line.contains(":")))
                .hasSizeGreaterThan(150)
                .noneMatch(line -> line.endsWith("# "))
                .noneMatch(line -> line.contains("{@"));
    }
}
