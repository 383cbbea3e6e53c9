package dev.rlhf.driver.stage;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.config.StageRecipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A stage of one network that learns: saved and put away in one way, whatever it learns from. */
public final class TrainedStage implements Stage {
    private static final List<String> NETWORKS =
            List.of(LearnerNames.POLICY, LearnerNames.REFERENCE, LearnerNames.CRITIC);

    private final StageContext context;
    private final StageRecipe recipe;
    private final Learner learner;
    private final TrainingLoop loop;
    private final Measurement measurement;
    private final Supplier<DurableDirectory.Content> beside;

    private TrainedStage(
            StageContext context,
            StageRecipe recipe,
            Learner learner,
            TrainingLoop loop,
            Measurement measurement,
            Supplier<DurableDirectory.Content> beside) {
        this.context = context;
        this.recipe = recipe;
        this.learner = learner;
        this.loop = loop;
        this.measurement = measurement;
        this.beside = beside;
    }

    /** Measures the model as it is now, as {@link Stage#evaluate} does. */
    @FunctionalInterface
    public interface Measurement {
        /** What it is worth after {@code step} steps. */
        Evaluation of(int step, WeightVersion next);
    }

    /** A stage whose loop takes steps with {@code learner}. */
    public static TrainedStage of(
            StageContext context, StageRecipe recipe, Learner learner, TrainingLoop loop, Measurement measurement) {
        return new TrainedStage(context, recipe, learner, loop, measurement, () -> folder -> {});
    }

    /** A stage that learns from given examples: measured by rows it holds out and, where its evaluation has any, by prompts. */
    public static TrainedStage supervised(
            StageContext context,
            StageRecipe recipe,
            Learner learner,
            TrainingLoop loop,
            HeldOutRows heldOut,
            Optional<HeldOutPrompts> prompts) {
        return of(context, recipe, learner, loop, (step, next) -> {
            Evaluation measured = heldOut.measure(step, loop.state().version(), learner);
            return prompts.map(held -> held.judge(measured, next)).orElse(measured);
        });
    }

    /** This stage, which at its end writes more beside its model. */
    public TrainedStage leaving(Supplier<DurableDirectory.Content> more) {
        return new TrainedStage(context, recipe, learner, loop, measurement, more);
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        return measurement.of(step, next);
    }

    @Override
    public void saveModel(Path folder) {
        learner.save(folder);
    }

    @Override
    public void finish() {
        DurableDirectory.Content more = beside.get();
        DurableDirectory.write(context.directory().stage(recipe.name()), folder -> {
            saveModel(folder);
            more.write(folder);
        });
        NETWORKS.forEach(context.actors().learner()::close);
    }
}
