package dev.rlhf.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An open choice, of whose kinds the defaults name one. */
class ChoicesTest {
    private static final String DEFAULTS = """
            meal:
              dish: soup
              drinks: []
            dish:
              every-kind:
                portions: 2
                heat: 9    # is no key of any kind and disturbs none
              soup:
                salt: 0.5
            """;

    private static final Choices CHOICES = Choices.of(Map.of(Dish.class, List.of(Soup.class, Bread.class)));

    /** Anybody may add a dish. */
    interface Dish {}

    @Block(value = "dish", kinds = "soup")
    record Soup(int portions, @Range(min = 0) double salt) implements Dish {}

    @Block(value = "dish", kinds = "bread")
    record Bread(
            @Range(min = 1) int portions,
            String flour,
            @Nullable String spread) implements Dish {
        Bread {
            KeyException.require(!flour.equals("chalk"), "flour", "must be edible, not " + flour);
        }
    }

    @Block("meal")
    record Meal(Dish dish, List<Dish> drinks) {}

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "drinks: []                                   | Soup[portions=2, salt=0.5]",
                "dish: soup                                   | Soup[portions=2, salt=0.5]",
                "dish: {kind: soup, salt: 1}                  | Soup[portions=2, salt=1.0]",
                "dish: {kind: bread, flour: rye}              | Bread[portions=2, flour=rye, spread=null]",
                "dish: {kind: bread, flour: rye, portions: 3} | Bread[portions=3, flour=rye, spread=null]",
            })
    void aKindThatTheDefaultsDoNotNameHasWhatEveryKindHas(String written, String dish) {
        Meal meal = bind(written);

        assertThat(meal.dish()).hasToString(dish);
        assertThat(bind(RecordYaml.write(meal))).isEqualTo(meal);
    }

    @Test
    void itemsOfAListMayBeKindsAlone() {
        assertThat(bind("drinks: [soup, {kind: bread, flour: oat}]").drinks())
                .containsExactly(new Soup(2, 0.5), new Bread(2, "oat", null));
    }

    @Test
    void aSettingBelowAKindAloneKeepsTheKind() {
        Document document = Document.parse("meal.yaml", "dish: bread", Path.of("."));
        document.set("dish.flour=rye", Path.of("."));

        assertThat(binder().bind(Meal.class, document).dish()).isEqualTo(new Bread(2, "rye", null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dish: bred                          | dish: must be one of soup, bread, not 'bred'; did you mean bread?",
                "dish: {kind: bred}                  | dish.kind: must be one of soup, bread, not 'bred'; did you mean",
                "dish: bread                         | dish.flour: is missing; it needs a text",
                "dish: {kind: bread, flour: chalk}   | dish.flour: must be edible, not chalk",
                "dish: {kind: bread, portions: 0}    | dish.portions: must be at least 1, not 0",
                "dish: {kind: bread, salt: 1}        | dish.salt: unknown key (allowed: flour, kind, portions, spread)",
            })
    void aMistakeIsNamedByPlaceAndKey(String written, String message) {
        assertThatThrownBy(() -> bind(written)).hasMessageStartingWith("meal.yaml:1: " + message);
    }

    @Test
    void theReferenceKnowsEveryKind() {
        KeyReference reference = new KeyReference(Meal.class, Defaults.parse("defaults", DEFAULTS), CHOICES);

        assertThat(reference.explain("dish.kind")).contains("one of soup, bread", "default   soup");
        assertThat(reference.explain("dish.bread.portions")).contains("a whole number, at least 1", "default   2");
        assertThat(reference.explain("dish.bread.flour")).contains("none: it must be given");
        assertThat(reference.explain("dish.bread.spread")).contains("default   null");
        assertThat(reference.schema()).contains("\"const\" : \"bread\"");
    }

    @Test
    void oneKindIsOneClass() {
        assertThatThrownBy(() -> Choices.of(Map.of(Dish.class, List.of(Soup.class, Bread.class, Bread.class))))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("two classes are of kind 'bread'");
    }

    private static Binder binder() {
        return new Binder(Defaults.parse("defaults", DEFAULTS), CHOICES);
    }

    private static Meal bind(String yaml) {
        return binder().bind(Meal.class, Document.parse("meal.yaml", yaml, Path.of(".")));
    }
}
