package dev.rlhf.driver.loop;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Learning from given examples: demonstrations (SFT), preference pairs (reward model, DPO). */
public final class SupervisedLoop implements TrainingLoop {
    private final ExampleSource examples;
    private final int batchSize;
    private final Learner learner;
    private final Optional<Network> reference;
    private final Objective objective;
    private final WeightVersion version;

    /**
     * A loop over given examples.
     *
     * @param examples where examples come from
     * @param batchSize examples a step (a pair is one example)
     * @param learner network that learns
     * @param reference frozen policy whose log-probs the objective needs (DPO), or empty
     * @param objective loss
     * @param version weights the generation servers hold; this loop publishes none
     */
    public SupervisedLoop(
            ExampleSource examples,
            int batchSize,
            Learner learner,
            Optional<Network> reference,
            Objective objective,
            WeightVersion version) {
        this.examples = examples;
        this.batchSize = batchSize;
        this.learner = learner;
        this.reference = reference;
        this.objective = objective;
        this.version = version;
    }

    @Override
    public StepReport step(int step) {
        PhaseTimer timer = new PhaseTimer();
        List<Experience> drawn = examples.next(batchSize);
        List<Experience> rows = timer.measure("score", () -> compareWithReference(drawn));
        UpdateReport update = timer.measure("update", () -> learner.update(new TrainingBatch(rows, 1.0), objective));
        Map<String, Double> metrics = StepMetrics.of(update);
        StepMetrics.requireFinite(metrics);
        return new StepReport(step, version, metrics, timer.seconds(), List.of());
    }

    @Override
    public LoopState state() {
        return new LoopState(examples.cursors(), version, 0);
    }

    @Override
    public void saveLearners(Path directory) {
        learner.saveState(directory.resolve(LearnerNames.POLICY));
    }

    private List<Experience> compareWithReference(List<Experience> rows) {
        return reference.map(network -> compared(rows, network)).orElse(rows);
    }

    /** The rows with the log-probs that {@code reference} gives their tokens. */
    public static List<Experience> compared(List<Experience> rows, Network reference) {
        List<TokenSequence> sequences = rows.stream().map(Experience::sequence).toList();
        float[][] logProbs = reference.evaluate(sequences, 1.0).logProbs();
        List<Experience> compared = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            compared.add(rows.get(i).withReferenceLogProbs(logProbs[i]));
        }
        return compared;
    }
}
