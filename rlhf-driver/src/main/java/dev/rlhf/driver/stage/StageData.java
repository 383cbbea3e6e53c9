package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.driver.config.EvaluationRecipe;
import dev.rlhf.driver.config.PairData;
import dev.rlhf.driver.config.PairFile;
import dev.rlhf.driver.config.PolicyStage;
import dev.rlhf.driver.config.PreferenceStage;
import dev.rlhf.driver.config.PromptData;
import dev.rlhf.driver.config.PromptFile;
import dev.rlhf.driver.config.RankedSamples;
import dev.rlhf.driver.config.RewardModelStage;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.config.Split;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPreview;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.data.Preview;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The data of a stage before it runs. */
public final class StageData {
    private StageData() {}

    /**
     * Reads all that a stage will read, so that a mistake in the last stage's data does not cost the stages before it.
     *
     * @return what is to be said of rows that are too long
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
        return read(data, stage).stream().map(part -> part.with(preview)).toList();
    }

    /** One data set of a stage. */
    private interface Part {
        List<String> notices();

        DataPreview with(Preview preview);
    }

    private record Rows<T>(String key, Loaded<T> train, Loaded<T> heldOut) implements Part {
        @Override
        public List<String> notices() {
            List<String> notices = new ArrayList<>();
            train.notice().ifPresent(notices::add);
            heldOut.notice().ifPresent(notices::add);
            return notices;
        }

        @Override
        public DataPreview with(Preview preview) {
            return preview.of(key, train, heldOut);
        }
    }

    /** Prompts of a policy, whose held-out part is measured only where its evaluation names it. */
    private record PolicyPrompts(PolicyStage stage, Loaded<Prompt> train) implements Part {
        @Override
        public List<String> notices() {
            List<String> notices = new ArrayList<>();
            train.notice().ifPresent(notices::add);
            EvaluationRecipe evaluation = stage.evaluation();
            if (stage.data() instanceof PromptFile file
                    && file.split() == Split.TRAIN
                    && file.heldOut() > 0
                    && (evaluation == null || evaluation.data() == null)) {
                notices.add("stages." + stage.name() + " holds out " + file.heldOut() + " rows of " + file.path()
                        + " that nothing measures; name them with the rule to judge them by: evaluation: {data: {kind:"
                        + " prompts, split: held-out, …}, reward: …}");
            }
            return notices;
        }

        @Override
        public DataPreview with(Preview preview) {
            return preview.of("data", train, Loaded.none(train.source()));
        }
    }

    private static List<Part> read(DataLoader data, StageRecipe stage) {
        List<Part> parts = new ArrayList<>();
        if (stage instanceof SftStage sft) {
            Loaded<TokenSequence> train = data.loadCompletions(sft.data());
            Loaded<TokenSequence> heldOut =
                    sft.data().leftOut().map(data::loadCompletions).orElse(Loaded.none(train.source()));
            parts.add(new Rows<>("data", train, heldOut));
        } else if (stage instanceof RewardModelStage rewardModel) {
            parts.add(pairs(data, rewardModel.data()));
        } else if (stage instanceof PreferenceStage preference) {
            parts.add(pairs(data, preference.data()));
        } else if (stage instanceof PolicyStage policy) {
            Loaded<Prompt> prompts =
                    data.loadPrompts(policy.data(), policy.sampling().maxTokens());
            policy.rewards().forEach(reward -> {
                RewardTerms.secret(reward);
                reward.requireScorable(prompts.items());
            });
            parts.add(new PolicyPrompts(policy, prompts));
        } else {
            throw RlhfException.bug("no data are known of a stage of " + stage.getClass());
        }
        evaluation(data, stage).ifPresent(parts::add);
        return parts;
    }

    private static Optional<Part> evaluation(DataLoader data, StageRecipe stage) {
        EvaluationRecipe evaluation = stage.evaluation();
        if (evaluation == null || evaluation.data() == null) {
            return Optional.empty();
        }
        Loaded<Prompt> prompts = data.loadPrompts(evaluation.data(), evaluation.maxTokens());
        evaluation.reward().requireScorable(prompts.items());
        return Optional.of(new Rows<>("evaluation.data", Loaded.none(prompts.source()), prompts));
    }

    private static Part pairs(DataLoader data, PairData pairs) {
        if (pairs instanceof PairFile file) {
            return new Rows<>("data", data.loadPairs(file, Split.TRAIN), data.loadPairs(file, Split.HELD_OUT));
        }
        if (pairs instanceof RankedSamples ranked) {
            PromptData prompts = ranked.prompts();
            return new Rows<>(
                    "data.prompts",
                    data.loadPrompts(prompts, ranked.maxTokens()),
                    data.loadPrompts(prompts.heldOutPart(), ranked.maxTokens()));
        }
        throw RlhfException.bug("no way to read pairs of " + pairs.getClass());
    }
}
