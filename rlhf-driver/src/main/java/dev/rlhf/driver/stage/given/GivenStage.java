package dev.rlhf.driver.stage.given;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.Changeable;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.Range;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model that was made elsewhere and that later stages name as that of any stage; nothing is trained.
 *
 * @param name name that later stages refer to
 * @param kind {@code given}
 * @param path model directory, relative to the recipe, e.g. that of a stage of another run; it is copied into the run
 * @param leaves what it is: a policy, of the base's shape, or a reward-model; either has the base's tokens
 * @param microBatchTokens most positions of one forward pass
 * @param evaluation how a policy is measured, once; a reward model is not
 */
@Block(value = "stage", kinds = "given")
public record GivenStage(
        String name,
        String kind,
        Path path,
        GivenLeaves leaves,
        @Range(min = 1) int microBatchTokens,
        @Changeable @Nullable EvaluationRecipe evaluation)
        implements StageRecipe {
    /** Checks that only a policy has answers to judge; throws USER naming the key. */
    public GivenStage {
        KeyException.require(
                leaves == GivenLeaves.POLICY || evaluation == null || evaluation.data() == null,
                "evaluation.data",
                "is of no use to a reward model, which writes no answers");
    }

    @Override
    public String from() {
        return Recipe.BASE;
    }

    @Override
    public int steps() {
        return 0;
    }

    @Override
    public boolean leavesPolicy() {
        return leaves == GivenLeaves.POLICY;
    }
}
