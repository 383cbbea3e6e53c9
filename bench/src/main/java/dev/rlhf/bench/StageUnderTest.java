package dev.rlhf.bench;

import dev.rlhf.actors.InProcessRuntime;
import dev.rlhf.actors.RolloutClient;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LoopState;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.SpellingWords;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.recipe.StageKinds;
import dev.rlhf.driver.stage.RunActors;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The first stage of a recipe on its actors, taken step by step. */
final class StageUnderTest implements AutoCloseable {
    private final Actors actors;
    private final HuggingFaceTokenizer tokenizer;
    private final TrainingLoop loop;

    private StageUnderTest(Actors actors, HuggingFaceTokenizer tokenizer, TrainingLoop loop) {
        this.actors = actors;
        this.tokenizer = tokenizer;
        this.loop = loop;
    }

    static StageUnderTest open(String text, Path directory) {
        Actors actors = actors(text, directory);
        ModelConfig model = ModelConfig.read(actors.base);
        int contextLength = model.contextLength();
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(actors.base);
        Recipe recipe = actors.recipe;
        StageContext context = new StageContext(
                recipe,
                new RunDirectory(directory),
                actors.base,
                contextLength,
                new Canaries(
                        model.vocabularySize(),
                        contextLength,
                        recipe.generation().largestGap()),
                new DataLoader(tokenizer, contextLength, SpellingWords.load()),
                actors.started);
        StageStart start = new StageStart(new LoopState(List.of(), new WeightVersion(0), 0), Optional.empty());
        TrainingLoop loop =
                StageKinds.open(context, recipe.stages().get(0), start).loop();
        return new StageUnderTest(actors, tokenizer, loop);
    }

    /** Starts the actors of a recipe, and no stage. */
    static Actors actors(String text, Path directory) {
        Recipe recipe = Recipes.parse("the benchmark's recipe", text, directory, List.of());
        Path base = recipe.model().build(recipe.runSeed(), new RunDirectory(directory).base());
        InProcessRuntime runtime = new InProcessRuntime();
        List<Integer> ends = ModelConfig.read(base).endTokens();
        return new Actors(recipe, base, runtime, RunActors.start(runtime, recipe, base, ends));
    }

    /** The actors of a recipe. */
    static final class Actors implements AutoCloseable {
        private final Recipe recipe;
        private final Path base;
        private final InProcessRuntime runtime;
        private final RunActors started;

        private Actors(Recipe recipe, Path base, InProcessRuntime runtime, RunActors started) {
            this.recipe = recipe;
            this.base = base;
            this.runtime = runtime;
            this.started = started;
        }

        /** The rollout actors as one engine. */
        RolloutClient rollouts() {
            return started.rollouts();
        }

        @Override
        public void close() {
            runtime.close();
        }
    }

    TrainingLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        actors.close();
        tokenizer.close();
    }
}
