package dev.rlhf.driver.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeSchemaTest {
    private static final Path QUICKSTART = Path.of("..", "recipes", "quickstart.yaml");

    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Recipes.schema());

    @ParameterizedTest
    @MethodSource("dev.rlhf.driver.config.ShippedRecipesTest#recipes")
    void shippedRecipesAreValid(Path recipe) throws IOException {
        assertThat(complaints(Files.readString(recipe))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.rlhf.driver.config.ShippedRecipesTest#recipes")
    void theyAreValidWithEveryKeyWrittenOut(Path recipe) {
        assertThat(complaints(Recipes.write(Recipes.read(recipe, List.of())))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "seed: 1                     | sed: 1                       | additionalProperties",
                "seed: 1                     | seed: one                    | type",
                "seed: 1                     | seed: -1                     | minimum",
                "threads: 2                  | runtime: cluster             | enum",
                "kind: random                | kind: randon                 | enum",
                "hidden-size: 128            |                              | required",
                "clip-low: 0.2               | clip-low: 1.1                | maximum",
                "estimator: k1               | estimator: k4                | enum",
                "controller: {kind: fixed    | controller: {kind: adaptive  | ",
                "controller: {kind: fixed, beta: 0.1} | controller: {kind: fixed, target: 1} | additionalProperties",
                "kind: position-match        | kind: length-penalty         | ",
                "{kind: spelling}            | spelling                     | ",
                "{kind: spelling}            | spelings                     | enum",
            })
    void schemaAndBinderAgreeOnMistakes(String written, @Nullable String instead, @Nullable String keyword)
            throws IOException {
        String recipe = Files.readString(QUICKSTART)
                .replace("kl: {in: reward", "objective: {kind: clipped-surrogate, clip-low: 0.2}\n    kl: {in: reward");
        assertThat(recipe).contains(written);
        String changed = recipe.replaceFirst(Pattern.quote(written), instead == null ? "" : instead);

        if (keyword == null) {
            assertThat(complaints(changed)).isEmpty();
            assertThat(Recipes.parse("changed", changed, Path.of("."), List.of()))
                    .isNotNull();
        } else {
            assertThat(complaints(changed)).contains(keyword);
            assertThatThrownBy(() -> Recipes.parse("changed", changed, Path.of("."), List.of()))
                    .isInstanceOf(RlhfException.class);
        }
    }

    @Test
    void everyKeyIsDescribed() {
        assertThat(Recipes.schema())
                .contains("\"peak rate; each kind of stage has a default of its own (default: 1e-6)\"")
                .doesNotContain("\"description\" : \"\"");
    }

    private static List<String> complaints(String yaml) {
        return SCHEMA.validate(yaml, InputFormat.YAML).stream()
                .map(Error::getKeyword)
                .toList();
    }
}
