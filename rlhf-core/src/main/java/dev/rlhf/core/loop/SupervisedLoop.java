package dev.rlhf.core.loop;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Network;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Learning from given examples: demonstrations (SFT), preference pairs (reward model, DPO). */
public final class SupervisedLoop implements TrainingLoop {
    private final ExampleSource examples;
    private final SupervisedSettings settings;
    private final Learner learner;
    private final Optional<Network> reference;
    private final WeightVersion version;

    /**
     * A loop over given examples.
     *
     * @param examples where examples come from
     * @param settings how they are learnt from
     * @param learner network that learns
     * @param reference frozen policy whose log-probs the objective needs (DPO), or empty
     * @param version weights the generation servers hold; this loop publishes none
     */
    public SupervisedLoop(
            ExampleSource examples,
            SupervisedSettings settings,
            Learner learner,
            Optional<Network> reference,
            WeightVersion version) {
        this.examples = examples;
        this.settings = settings;
        this.learner = learner;
        this.reference = reference;
        this.version = version;
    }

    @Override
    public StepReport step(int step) {
        PhaseTimer timer = new PhaseTimer();
        List<Experience> drawn = settings.objective().rows(examples.next(settings.batchSize()));
        List<Experience> rows = timer.measure("score", () -> compared(drawn, reference));
        UpdateReport update = timer.measure("update", () -> learner.update(settings.batch(rows), settings.objective()));
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

    /** The rows with the log-probs that {@code reference} gives their tokens, where there is one. */
    public static List<Experience> compared(List<Experience> rows, Optional<Network> reference) {
        return reference.map(network -> compared(rows, network)).orElse(rows);
    }

    private static List<Experience> compared(List<Experience> rows, Network reference) {
        List<TokenSequence> sequences = rows.stream().map(Experience::sequence).toList();
        float[][] logProbs = reference.logProbs(sequences, 1.0);
        List<Experience> compared = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            compared.add(rows.get(i).with(Input.REFERENCE_LOG_PROBS, logProbs[i]));
        }
        return compared;
    }
}
