package dev.rlhf.driver.recipe;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.DataPreview;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.data.Preview;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.observe.Vocabulary;
import dev.rlhf.driver.stage.RewardTerms;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.driver.stage.given.GivenKind;
import dev.rlhf.driver.stage.policy.PolicyKind;
import dev.rlhf.driver.stage.preference.PreferenceKind;
import dev.rlhf.driver.stage.rejection.RejectionKind;
import dev.rlhf.driver.stage.rewardmodel.RewardModelKind;
import dev.rlhf.driver.stage.sft.SftKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The kinds of stages there are. */
public final class StageKinds {
    private static final List<StageKind<?>> ALL = List.of(
            new SftKind(),
            new RewardModelKind(),
            new PreferenceKind(),
            new PolicyKind(),
            new RejectionKind(),
            new GivenKind());

    private StageKinds() {}

    /** The words that recipes choose them by. */
    public static List<String> names() {
        return recipes().stream()
                .flatMap(recipe -> Stream.of(recipe.getAnnotation(Block.class).kinds()))
                .toList();
    }

    /** The records of their blocks. */
    static List<? extends Class<? extends StageRecipe>> recipes() {
        return ALL.stream().map(StageKind::recipe).toList();
    }

    /** Opens a stage as {@link StageKind#open} does. */
    public static Stage open(StageContext context, StageRecipe stage, StageStart start) {
        return of(stage).open(stage, context, start);
    }

    /** What the report says of a stage beside its numbers. */
    public static StageWords words(StageRecipe stage) {
        return of(stage).words(stage);
    }

    /** Looks at what the stages of a recipe bring beside data, as {@link StageKind#check} does; a report must have words for each. */
    public static void check(Recipe recipe, Path base) {
        recipe.stages().forEach(stage -> check(recipe, stage, base));
    }

    /** The same of one of its stages. */
    public static void check(Recipe recipe, StageRecipe stage, Path base) {
        of(stage).check(stage, recipe, base);
        Vocabulary.purpose(words(stage).purpose());
    }

    /**
     * Reads all that a stage will read, so that a mistake in the last stage's data does not cost the stages before it.
     *
     * @return what is to be said of the data, such as rows that are too long
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public static List<String> check(DataLoader data, StageRecipe stage) {
        return read(data, stage).stream()
                .flatMap(part -> part.notices().stream())
                .distinct()
                .toList();
    }

    /**
     * Reads all that a stage will read and says what it comes to.
     *
     * @throws RlhfException USER naming file and line of what is wrong
     */
    public static List<DataPreview> preview(DataLoader data, StageRecipe stage) {
        Preview preview = new Preview(data);
        return read(data, stage).stream().map(part -> part.preview(preview)).toList();
    }

    private static List<DataPart> read(DataLoader data, StageRecipe stage) {
        List<DataPart> parts = new ArrayList<>(of(stage).data(stage, data));
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation != null && evaluation.data() != null) {
            Loaded<Prompt> prompts = evaluation.data().load(data, evaluation.maxTokens());
            evaluation.reward().requireScorable(prompts.items());
            RewardTerms.requireScorable(evaluation.rewards(), prompts.items());
            parts.add(DataPart.of("evaluation.data", Loaded.none(prompts.source()), prompts));
        }
        return parts;
    }

    @SuppressWarnings("unchecked") // a kind takes the stages of its own record, which is what it is found by
    private static StageKind<StageRecipe> of(StageRecipe stage) {
        return (StageKind<StageRecipe>) ALL.stream()
                .filter(kind -> kind.recipe().isInstance(stage))
                .findFirst()
                .orElseThrow(() -> RlhfException.bug("no kind of stage has the record " + stage.getClass()));
    }
}
