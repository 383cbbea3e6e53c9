package dev.rlhf.driver.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.Recipes;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeaningsTest {
    @Test
    void everyKeyOfARecipeHasAMeaning() {
        Places places =
                new Places(Recipe.class, Defaults.parse("defaults.yaml", Recipes.defaults()), Choices.of(Map.of()));
        Meanings meanings = Meanings.parse(Recipes.defaults(), places);
        Map<String, List<PossibleBlock>> blocks = places.blocks();

        assertThat(blocks).hasSizeGreaterThan(15);
        blocks.values().stream()
                .flatMap(List::stream)
                .forEach(block -> assertThat(block.keys())
                        .as("keys of %s %s", Shape.block(block.type()).value(), block.kind())
                        .allSatisfy(key ->
                                assertThat(meanings.of(block, key)).as(key).isPresent()));
    }
}
