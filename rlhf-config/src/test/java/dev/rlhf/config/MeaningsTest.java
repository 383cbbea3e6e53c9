package dev.rlhf.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.update.AdaptiveKl;
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
    }

    @Test
    void aRecordWithoutSourcesHasNone() {
        assertThat(Meanings.of(Undocumented.class)).isEmpty();
    }
}
