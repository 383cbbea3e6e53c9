package dev.rlhf.driver.recipe;

import dev.rlhf.config.Binder;
import dev.rlhf.config.Choices;
import dev.rlhf.config.Defaults;
import dev.rlhf.config.Document;
import dev.rlhf.config.KeyReference;
import dev.rlhf.config.RecordYaml;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.core.reward.RewardRecipe;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.driver.config.GenerationKind;
import dev.rlhf.driver.config.ModelRecipe;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.RuntimeKind;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.config.TokenizerRecipe;
import dev.rlhf.driver.generation.embedded.Embedded;
import dev.rlhf.driver.generation.vllm.Vllm;
import dev.rlhf.driver.model.ByteTokenizer;
import dev.rlhf.driver.model.CharacterTokenizer;
import dev.rlhf.driver.model.CopiedTokenizer;
import dev.rlhf.driver.model.GivenModel;
import dev.rlhf.driver.model.InitialisedModel;
import dev.rlhf.driver.model.RandomModel;
import dev.rlhf.driver.runtime.inprocess.InProcess;
import dev.rlhf.driver.runtime.ray.Ray;
import dev.rlhf.driver.track.TrackerKind;
import dev.rlhf.driver.track.mlflow.MlFlow;
import dev.rlhf.driver.track.tensorboard.TensorBoard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads recipes and writes them back. */
public final class Recipes {
    private static final String STAGES = "stages";

    private static final String JARS = "jars";

    private Recipes() {}

    /**
     * Reads a recipe, completed by the defaults.
     *
     * <p>A relative path in the file is relative to the file's directory, one in a setting to the working directory.
     *
     * @param file the YAML file
     * @param settings {@code key=value} settings over the file, e.g. {@code stages.ppo.steps=5}
     * @throws RlhfException USER naming file, line, key and what is allowed
     */
    public static Recipe read(Path file, List<String> settings) {
        return readWith(file, settings.stream().map(Setting::here).toList());
    }

    /** Reads a recipe as {@link #read} does, with settings each of which knows what its paths are relative to. */
    public static Recipe readWith(Path file, List<Setting> settings) {
        return bind(Document.read(file), settings);
    }

    /**
     * Reads the model block of a recipe, or of a file that holds nothing else.
     *
     * @throws RlhfException USER naming file, line, key and what is allowed
     */
    public static ModelRecipe readModel(Path file) {
        return binder().bind(ModelRecipe.class, Document.read(file).blockOrAll("model"));
    }

    /** Reads a recipe from text; {@code name} is what messages call it, paths in it are relative to {@code directory}. */
    public static Recipe parse(String name, String text, Path directory, List<String> settings) {
        return bind(
                Document.parse(name, text, directory),
                settings.stream().map(Setting::here).toList());
    }

    /** The recipe with every key written out; reading it gives an equal recipe. */
    public static String write(Recipe recipe) {
        return RecordYaml.write(recipe);
    }

    /** Every key with its default and its meaning, as YAML. */
    public static String defaults() {
        return reference().yaml();
    }

    /** Every key with its meaning, its values and its default, as a page in Markdown. */
    public static String page() {
        return reference().page();
    }

    /**
     * What a key means, may be, and is when it is left out.
     *
     * @param path its path in a recipe, e.g. {@code stages.ppo.kl.controller.beta}, or from a block of the defaults, e.g. {@code
     *     kl-controller.adaptive.target}
     * @throws RlhfException USER naming the nearest key when there is none such
     */
    public static String explain(String path) {
        return reference().explain(path);
    }

    /** The same where {@code recipe} says of which kind a stage is that the path names. */
    public static String explain(String path, Path recipe) {
        Document document = Document.read(recipe);
        List<String> steps = new ArrayList<>(Document.steps(path));
        if (steps.size() > 1 && steps.get(0).equals(STAGES)) {
            String name = steps.get(1);
            String kind = document.kind(STAGES, name)
                    .orElseThrow(() -> RlhfException.user(recipe + " has no stage " + name + " with a kind"));
            steps.set(1, kind);
        }
        return reference(choices(document.paths(JARS))).explain(path, steps);
    }

    /** Every key of a recipe as {@code block.key}. */
    public static Set<String> keys() {
        return reference().keys();
    }

    /** The names of all blocks of a recipe and of their keys, as JSON. */
    public static String blocks() {
        return reference().blocks();
    }

    /** The JSON Schema of a recipe. */
    public static String schema() {
        return reference().schema();
    }

    /** A binder with the defaults. */
    public static Binder binder() {
        return binder(List.of());
    }

    private static Binder binder(List<Path> jars) {
        return new Binder(values(), choices(jars));
    }

    private static KeyReference reference() {
        return reference(choices(List.of()));
    }

    private static KeyReference reference(Choices choices) {
        return new KeyReference(Recipe.class, values(), choices);
    }

    private static Defaults values() {
        return Defaults.beside(Recipe.class);
    }

    /** The kinds of the choices that are open, a user's own included. */
    private static Choices choices(List<Path> jars) {
        List<Class<? extends RewardRecipe>> rewards = new RewardKinds(jars).recipes();
        return Choices.of(Map.of(
                RuntimeKind.class,
                List.of(InProcess.class, Ray.class),
                GenerationKind.class,
                List.of(Embedded.class, Vllm.class),
                TrackerKind.class,
                List.of(TensorBoard.class, MlFlow.class),
                ModelRecipe.class,
                List.of(RandomModel.class, InitialisedModel.class, GivenModel.class),
                TokenizerRecipe.class,
                List.of(CharacterTokenizer.class, ByteTokenizer.class, CopiedTokenizer.class),
                StageRecipe.class,
                StageKinds.recipes(),
                RewardRecipe.class,
                rewards,
                RuleReward.class,
                rewards.stream().filter(RuleReward.class::isAssignableFrom).toList()));
    }

    private static Recipe bind(Document document, List<Setting> settings) {
        settings.forEach(setting -> document.set(setting.text(), setting.directory()));
        return binder(document.paths(JARS)).bind(Recipe.class, document);
    }
}
