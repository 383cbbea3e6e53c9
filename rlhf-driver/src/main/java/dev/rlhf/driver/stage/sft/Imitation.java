package dev.rlhf.driver.stage.sft;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.HeldOutRows;
import dev.rlhf.core.loop.LearnerNames;
import dev.rlhf.core.loop.ShuffledExamples;
import dev.rlhf.core.loop.SupervisedLoop;
import dev.rlhf.core.loop.SupervisedSettings;
import dev.rlhf.core.loop.TrainingLoop;
import dev.rlhf.core.run.Evaluation;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.stage.HeldOutPrompts;
import dev.rlhf.driver.stage.Stage;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.driver.stage.StageStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Supervised fine-tuning on demonstrations. */
final class Imitation implements Stage {
    private final StageContext context;
    private final SftStage stage;
    private final Learner policy;
    private final TrainingLoop loop;
    private final HeldOutRows heldOut;
    private final Optional<HeldOutPrompts> prompts;

    private Imitation(StageContext context, SftStage stage, Learner policy, TrainingLoop loop, HeldOutRows heldOut) {
        this.context = context;
        this.stage = stage;
        this.policy = policy;
        this.loop = loop;
        this.heldOut = heldOut;
        this.prompts = HeldOutPrompts.open(context, stage);
    }

    static Stage open(StageContext context, SftStage stage, StageStart start) {
        List<List<Experience>> demonstrations = stage.data().load(context.data()).items().stream()
                .map(Imitation::rows)
                .toList();
        Learner policy = context.actors()
                .learner()
                .open(
                        LearnerNames.POLICY,
                        context.network(stage.from(), Head.LANGUAGE_MODEL, stage),
                        stage.optimiser(),
                        stage.steps());
        start.restore(policy, LearnerNames.POLICY);
        TrainingLoop loop = new SupervisedLoop(
                new ShuffledExamples(demonstrations, context.seed(stage), start.loop()),
                new SupervisedSettings(stage.batchSize(), context.contextLength(), stage.objective()),
                policy,
                Optional.empty(),
                start.loop().version());
        List<Experience> heldOut =
                stage.data().leftOut().map(rows -> rows.load(context.data()).items()).orElse(List.of()).stream()
                        .map(Experience::of)
                        .toList();
        return new Imitation(
                context,
                stage,
                policy,
                loop,
                new HeldOutRows(
                        heldOut,
                        new SupervisedSettings(1, context.contextLength(), new Likelihood(Reduction.TOKEN_MEAN)),
                        HeldOutRows.NO_SCORES));
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public Evaluation evaluate(int step, WeightVersion next) {
        Evaluation measured = heldOut.measure(step, loop.state().version(), policy);
        return prompts.map(held -> held.judge(measured, policy, next)).orElse(measured);
    }

    @Override
    public void saveModel(Path folder) {
        policy.save(folder);
    }

    @Override
    public void finish() {
        DurableDirectory.write(context.directory().stage(stage.name()), this::saveModel);
        context.actors().learner().close(LearnerNames.POLICY);
    }

    private static List<Experience> rows(TokenSequence demonstration) {
        return List.of(Experience.of(demonstration));
    }
}
