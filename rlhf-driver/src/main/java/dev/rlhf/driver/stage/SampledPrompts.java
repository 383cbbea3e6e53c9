package dev.rlhf.driver.stage;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.DataPreview;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.data.Preview;
import dev.rlhf.driver.data.PromptData;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts that a policy answers, whose held-out part is measured only where its evaluation names it.
 *
 * @param stage the stage
 * @param data its prompts
 * @param train the prompts as they were read
 */
public record SampledPrompts(StageRecipe stage, PromptData data, Loaded<Prompt> train) implements DataPart {
    @Override
    public List<String> notices() {
        List<String> notices = new ArrayList<>();
        train.notice().ifPresent(notices::add);
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation == null || evaluation.data() == null) {
            data.keptApart()
                    .ifPresent(rows -> notices.add("stages." + stage.name() + " holds out " + rows
                            + " that nothing measures; name them with the rule to judge them by: evaluation: {data: {kind:"
                            + " prompts, split: held-out, …}, reward: …}"));
        }
        return notices;
    }

    @Override
    public DataPreview preview(Preview preview) {
        return preview.of("data", train, Loaded.none(train.source()));
    }
}
