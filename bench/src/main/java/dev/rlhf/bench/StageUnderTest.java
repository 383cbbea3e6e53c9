package dev.rlhf.bench;

import dev.rlhf.actors.InProcessRuntime;
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
    private final HuggingFaceTokenizer tokenizer;
    private final InProcessRuntime runtime;
    private final TrainingLoop loop;

    private StageUnderTest(HuggingFaceTokenizer tokenizer, InProcessRuntime runtime, TrainingLoop loop) {
        this.tokenizer = tokenizer;
        this.runtime = runtime;
        this.loop = loop;
    }

    static StageUnderTest open(String text, Path directory) {
        Recipe recipe = Recipes.parse("the benchmark's recipe", text, directory, List.of());
        RunDirectory run = new RunDirectory(directory);
        Path base = recipe.model().build(recipe.runSeed(), run.base());
        ModelConfig model = ModelConfig.read(base);
        int contextLength = model.contextLength();
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(base);
        InProcessRuntime runtime = new InProcessRuntime();
        StageContext context = new StageContext(
                recipe,
                run,
                base,
                contextLength,
                new Canaries(
                        model.vocabularySize(),
                        contextLength,
                        recipe.generation().largestGap()),
                new DataLoader(tokenizer, contextLength, SpellingWords.load()),
                RunActors.start(runtime, recipe, base, model.endTokens()));
        StageStart start = new StageStart(new LoopState(List.of(), new WeightVersion(0), 0), Optional.empty());
        TrainingLoop loop =
                StageKinds.open(context, recipe.stages().get(0), start).loop();
        return new StageUnderTest(tokenizer, runtime, loop);
    }

    TrainingLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        runtime.close();
        tokenizer.close();
    }
}
