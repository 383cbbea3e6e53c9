package dev.rlhf.driver.stage.rejection;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.ShuffledExamples;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.reward.Scorer;
import dev.rlhf.core.rollout.RolloutEngine;
import dev.rlhf.core.select.Selection;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPart;
import dev.rlhf.driver.data.Loaded;
import dev.rlhf.driver.observe.Fact;
import dev.rlhf.driver.observe.StageFamily;
import dev.rlhf.driver.observe.StageWords;
import dev.rlhf.driver.stage.EvaluatedModels;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.RewardTerms;
import dev.rlhf.driver.stage.SampledPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageKind;
import dev.rlhf.driver.stage.StageStart;
import dev.rlhf.driver.stage.TrainedStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rejection sampling. */
public final class RejectionKind implements StageKind<RejectionStage> {
    /** Prompts of one call to the servers, so that no call takes as long as all of them. */
    private static final int AT_ONCE = 256;

    @Override
    public Class<RejectionStage> recipe() {
        return RejectionStage.class;
    }

    @Override
    public List<DataPart> data(RejectionStage stage, DataLoader data) {
        Loaded<Prompt> prompts = stage.data().load(data, stage.sampling().maxTokens());
        RewardTerms.requireScorable(stage.rewards(), prompts.items());
        requireFits(stage, prompts.items().size());
        return List.of(new SampledPrompts(stage, stage.data(), prompts));
    }

    /** Where the data have fewer prompts than are asked for, they may have too few for the selector. */
    private static void requireFits(RejectionStage stage, int prompts) {
        try {
            stage.select()
                    .requireFits(
                            Math.min(stage.prompts(), prompts), stage.sampling().samplesPerPrompt());
        } catch (KeyException complaint) {
            throw RlhfException.user("stages." + stage.name() + ".select." + complaint.path() + ": "
                    + complaint.complaint() + "; the data have " + prompts + " prompts");
        }
    }

    @Override
    public Stage open(RejectionStage stage, StageContext context, StageStart start) {
        Seed seed = context.seed(stage);
        Selection selection = Selection.of(drawn(stage, context, start), stage.select(), seed.derive("control"));
        List<List<Experience>> examples = selection.sequences().stream()
                .map(sequence -> List.of(Experience.of(sequence)))
                .toList();
        Learner policy = context.learner(stage, Head.LANGUAGE_MODEL, stage.steps(), start);
        SupervisedSettings learning =
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective());
        SupervisedLoop loop = new SupervisedLoop(
                new ShuffledExamples(examples, seed, start.loop()),
                learning,
                policy,
                Optional.empty(),
                start.firstVersion());
        HeldOutRows nothing = new HeldOutRows(List.of(), learning, HeldOutRows.NO_NUMBERS);
        EvaluatedModels models = new EvaluatedModels(policy, Optional.empty(), start.firstVersion());
        return TrainedStage.supervised(
                context,
                stage,
                policy,
                new SelectedLoop(loop, selection),
                nothing,
                HeldOutPrompts.open(context, stage, models));
    }

    /** The samples with their rewards; a resumed stage draws the same ones again. */
    private static List<ScoredGroup> drawn(RejectionStage stage, StageContext context, StageStart start) {
        Seed seed = context.seed(stage);
        List<Prompt> all = context.data().prompts(stage.data(), stage.sampling().maxTokens());
        List<Prompt> prompts = new ShuffledPrompts<>(all, seed.derive("prompts"), PromptCursor.START)
                .next(Math.min(stage.prompts(), all.size()));
        RolloutEngine model = context.published(stage, start.firstVersion());
        Scorer scorer = context.scorer(stage, stage.rewards(), stage.sampling().maxTokens());
        List<ScoredGroup> scored = new ArrayList<>();
        for (int first = 0; first < prompts.size(); first += AT_ONCE) {
            List<Prompt> some = prompts.subList(first, Math.min(first + AT_ONCE, prompts.size()));
            scored.addAll(scorer.score(model.generate(some, stage.sampling(), seed.derive("samples", first))));
        }
        return scored;
    }

    @Override
    public StageWords words(RejectionStage stage) {
        return StageWords.of(
                stage,
                StageFamily.IMITATION,
                List.of(
                        new Fact(
                                "answers drawn",
                                stage.prompts() + " prompts × "
                                        + stage.sampling().samplesPerPrompt()),
                        new Fact("reward", RewardTerms.words(stage.rewards())),
                        new Fact("learnt from", stage.select().words()),
                        new Fact("examples a step", String.valueOf(stage.batchSize()))));
    }
}
