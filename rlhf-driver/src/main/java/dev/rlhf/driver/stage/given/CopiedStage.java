package dev.rlhf.driver.stage.given;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.stage.EvaluatedModels;
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
        this.prompts = recipe.leavesPolicy() ? prompts() : Optional.empty();
    }

    private Optional<HeldOutPrompts> prompts() {
        Network model = context.actors()
                .learner()
                .open(LearnerNames.POLICY, context.network(recipe.path(), Head.LANGUAGE_MODEL, recipe));
        return HeldOutPrompts.open(context, recipe, new EvaluatedModels(model, Optional.of(model), held.next()));
    }

    @Override
    public TrainingLoop loop() {
        throw RlhfException.bug("the stage " + recipe.name() + " takes no step");
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        Evaluation nothing = new Evaluation(step, held, Map.of(), List.of());
        return prompts.map(answers -> answers.judge(nothing, next)).orElse(nothing);
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
        context.actors().learner().close(LearnerNames.POLICY);
    }
}
