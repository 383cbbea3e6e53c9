package dev.rlhf.driver.stage;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.config.SftStage;
import dev.rlhf.driver.loop.LearnerNames;
import dev.rlhf.driver.loop.SupervisedLoop;
import dev.rlhf.driver.loop.TrainingLoop;
import java.util.List;
import java.util.Optional;

/** Supervised fine-tuning on demonstrations. */
final class Imitation implements Stage {
    private final StageContext context;
    private final SftStage stage;
    private final Learner policy;
    private final TrainingLoop loop;

    private Imitation(StageContext context, SftStage stage, Learner policy, TrainingLoop loop) {
        this.context = context;
        this.stage = stage;
        this.policy = policy;
        this.loop = loop;
    }

    static Stage open(StageContext context, SftStage stage, StageStart start) {
        List<List<Experience>> demonstrations = context.data().completions(stage.data()).stream()
                .map(Imitation::rows)
                .toList();
        Learner policy = context.actors()
                .learner()
                .open(
                        LearnerNames.POLICY,
                        context.network(stage.from(), Head.LANGUAGE_MODEL, stage),
                        stage.optimiser().settings(stage.steps()));
        start.restore(policy, LearnerNames.POLICY);
        TrainingLoop loop = new SupervisedLoop(
                new ShuffledExamples(demonstrations, context.seed(stage), start.loop()),
                stage.batchSize(),
                policy,
                Optional.empty(),
                stage.objective(context.contextLength()),
                start.loop().version());
        return new Imitation(context, stage, policy, loop);
    }

    @Override
    public TrainingLoop loop() {
        return loop;
    }

    @Override
    public StageScores finish() {
        StageScores scores =
                PolicyOutput.write(context, stage, policy, loop.state().version(), null);
        context.actors().learner().close(LearnerNames.POLICY);
        return scores;
    }

    private static List<Experience> rows(TokenSequence demonstration) {
        return List.of(Experience.of(demonstration));
    }
}
