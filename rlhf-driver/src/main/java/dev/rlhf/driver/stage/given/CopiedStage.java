package dev.rlhf.driver.stage.given;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.learner.ModelDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A stage without a step: the model it leaves is the one it was given. */
final class CopiedStage implements Stage {
    private final StageContext context;
    private final GivenStage recipe;
    private final WeightVersion held;
    private final Optional<HeldOutPrompts> prompts;

    CopiedStage(StageContext context, GivenStage recipe, WeightVersion held) {
        this.context = context;
        this.recipe = recipe;
        this.held = held;
        this.prompts = HeldOutPrompts.open(context, recipe);
    }

    @Override
    public TrainingLoop loop() {
        throw RlhfException.bug("the stage " + recipe.name() + " takes no step");
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        return prompts.map(heldOut -> {
                    publish(next);
                    return heldOut.judge(new Evaluation(step, next, Map.of(), List.of()));
                })
                .orElseGet(() -> new Evaluation(step, held, Map.of(), List.of()));
    }

    private void publish(WeightVersion version) {
        Network model = context.actors()
                .learner()
                .open(LearnerNames.PUBLISHED, context.network(recipe.path(), Head.LANGUAGE_MODEL, recipe));
        context.weights().publish(model, version);
        context.actors().learner().close(LearnerNames.PUBLISHED);
    }

    @Override
    public void saveModel(Path folder) {
        try {
            ModelDirectory.of(recipe.path()).copy(folder);
        } catch (IOException refused) {
            throw RlhfException.resource(
                    "cannot copy " + recipe.path() + " to " + folder + ": " + refused.getMessage(), refused);
        }
    }

    @Override
    public void finish() {
        DurableDirectory.write(context.directory().stage(recipe.name()), ModelDirectory.of(recipe.path())::copy);
    }
}
