package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedRecipesTest {
    private static final Path RECIPES = Path.of("..", "recipes");

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(RECIPES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void isReadAndWrittenBackEqual(Path file) {
        Recipe recipe = Recipes.read(file, List.of());

        Recipe again = Recipes.parse("resolved", Recipes.write(recipe), Path.of("/"), List.of());

        assertThat(again).isEqualTo(recipe);
    }
}
