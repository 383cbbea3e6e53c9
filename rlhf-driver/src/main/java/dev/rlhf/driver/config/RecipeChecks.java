package dev.rlhf.driver.config;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one key of a recipe asks of another. */
final class RecipeChecks {
    /** Nats; no model of bfloat16 stays below it. */
    private static final double NARROWEST_ROUNDED = 0.01;

    private RecipeChecks() {}

    /** Checks names and references; throws {@link RlhfException} of kind USER naming the key. */
    static void check(String name, List<StageRecipe> stages) {
        KeyException.require(
                name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), "name", "must be letters, digits, '.', '_' and '-'");
        KeyException.require(!stages.isEmpty(), "stages", "must name at least one stage");
        Map<String, StageRecipe> earlier = new HashMap<>();
        for (int i = 0; i < stages.size(); i++) {
            StageRecipe stage = stages.get(i);
            String nameKey = "stages[" + i + "].name";
            KeyException.require(
                    stage.name().matches("[a-z0-9][a-z0-9-]*"),
                    nameKey,
                    "must be lower-case letters, digits and '-', not '" + stage.name() + "'");
            KeyException.require(
                    !stage.name().equals(Recipe.BASE), nameKey, "must not be 'base', which is the model itself");
            check(stage, new EarlierStages(earlier));
            KeyException.require(
                    earlier.put(stage.name(), stage) == null,
                    nameKey,
                    "'" + stage.name() + "' is used twice; names must be unique");
        }
    }

    /** A learner that rounds is further from our own server, which does not, than a gap for float32 allows: that is known before any stage. */
    static void checkGap(Precision precision, GenerationKind generation, List<StageRecipe> stages) {
        boolean compared = stages.stream()
                .anyMatch(stage -> stage.leavesPolicy() && !stage.draws().isEmpty());
        boolean tooNarrow = generation.ours() && generation.largestGap() < NARROWEST_ROUNDED;
        KeyException.require(
                precision != Precision.BFLOAT16 || !compared || !tooNarrow,
                "generation.largest-gap",
                "is " + generation.largestGap()
                        + ", but with precision: bfloat16 the learner is some tenths of a nat from the"
                        + " embedded server, which computes in float32; set it to 0.3, or precision to float32");
    }

    private static void check(StageRecipe stage, EarlierStages earlier) {
        try {
            earlier.requirePolicy(stage.from(), "from");
            EvaluationRecipe evaluation = stage.evaluation();
            if (evaluation != null && evaluation.data() != null) {
                evaluation.data().requireAnswers("evaluation.data", "the evaluation");
                RewardChecks.requireModels(evaluation.rewards(), earlier, "evaluation.rewards");
            }
            stage.check(earlier);
        } catch (KeyException complaint) {
            throw new KeyException("stages." + stage.name() + "." + complaint.path(), complaint.complaint());
        }
    }
}
