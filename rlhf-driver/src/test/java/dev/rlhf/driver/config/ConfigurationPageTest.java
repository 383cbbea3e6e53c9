package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.recipe.Recipes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Path BLOCKS = Path.of("..", "helm", "rlhf", "files", "recipe-blocks.json");

    @Test
    void theDocumentationIsWhatTheRecordsSay() {
        assertThat(PAGE)
                .as("docs/configuration.md is stale; write it with: ./rlhf config page > docs/configuration.md")
                .content()
                .isEqualTo(Recipes.page());
    }

    @Test
    void theChartKnowsTheKeysThatTheRecordsHave() {
        assertThat(BLOCKS)
                .as(
                        "the chart's keys are stale; write them with: ./rlhf config blocks > helm/rlhf/files/recipe-blocks.json")
                .content()
                .isEqualTo(Recipes.blocks() + "\n");
    }

    @Test
    void everyKeyOfARecipeHasAMeaningInOneLine() {
        assertThat(Recipes.defaults().lines().filter(line -> line.contains(":")))
                .hasSizeGreaterThan(150)
                .noneMatch(line -> line.endsWith("# "))
                .noneMatch(line -> line.contains("{@"));
    }
}
