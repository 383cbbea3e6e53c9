package dev.rlhf.core.loop;

import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.prompt.ShuffledPrompts;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.run.StepReport;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * On-policy learning: generate → score → advantage → update → sync.
 *
 * <p>Book: chapter on policy gradients (arXiv 2504.12501). The loop knows no algorithm; {@link PolicySettings} does.
 */
public final class PolicyLoop implements TrainingLoop {
    private final PolicySettings settings;
    private final PolicyActors actors;
    private final ShuffledPrompts<Prompt> prompts;
    private final ExperienceBuilder experiences;
    private KlController controller;
    private WeightVersion version;

    /** Continues from {@code version} of the weights with the given prompts and KL controller. */
    public PolicyLoop(
            PolicySettings settings,
            PolicyActors actors,
            ShuffledPrompts<Prompt> prompts,
            KlController controller,
            WeightVersion version) {
        this.settings = settings;
        this.actors = actors;
        this.prompts = prompts;
        this.experiences = new ExperienceBuilder(settings, actors);
        this.controller = controller;
        this.version = version;
    }

    @Override
    public StepReport step(int step) {
        PhaseTimer timer = new PhaseTimer();
        List<Prompt> drawn = prompts.next(settings.promptsPerStep());
        List<RolloutGroup> rollouts = timer.measure("generate", () -> generate(drawn, step));
        List<ScoredGroup> scored = timer.measure("score", () -> actors.scorer().score(rollouts));
        ExperienceBatch batch =
                timer.measure("score", () -> experiences.build(scored, controller.beta(), policyLearns(step)));
        Map<String, Double> metrics = batch.metrics();
        StepMetrics.requireFinite(metrics);
        metrics.putAll(timer.measure("update", () -> update(batch, step)));
        StepMetrics.requireFinite(metrics);
        if (policyLearns(step)) {
            version = version.next();
            SyncReport sync = timer.measure("sync", () -> actors.sync().publish(actors.policy(), version));
            sync.gap().ifPresent(gap -> metrics.put("sync_gap", gap));
            metrics.put("sync_bytes", (double) sync.bytes());
            controller = controller.after(
                    metrics.getOrDefault("kl", 0.0), batch.rows().size());
        }
        return new StepReport(step, version, metrics, timer.seconds(), StepSamples.of(scored));
    }

    @Override
    public LoopState state() {
        return new LoopState(List.of(prompts.cursor()), version, controller.beta());
    }

    @Override
    public void saveLearners(Path directory) {
        actors.policy().saveState(directory.resolve(LearnerNames.POLICY));
        actors.critic().ifPresent(critic -> critic.learner().saveState(directory.resolve(LearnerNames.CRITIC)));
    }

    private List<RolloutGroup> generate(List<Prompt> drawn, int step) {
        return actors.rollouts()
                .generate(drawn, settings.sampling(), settings.seed().derive("rollout", step));
    }

    private Map<String, Double> update(ExperienceBatch experiences, int step) {
        List<UpdateReport> policyUpdates = new ArrayList<>();
        List<UpdateReport> criticUpdates = new ArrayList<>();
        for (int epoch = 0; epoch < settings.epochsPerBatch(); epoch++) {
            for (List<Experience> miniBatch : MiniBatches.of(experiences.rows(), settings, step, epoch)) {
                TrainingBatch batch = new TrainingBatch(
                        miniBatch,
                        settings.sampling().temperature(),
                        settings.sampling().maxTokens());
                if (policyLearns(step)) {
                    policyUpdates.add(actors.policy().update(batch, experiences.objective()));
                }
                actors.critic()
                        .ifPresent(critic -> criticUpdates.add(critic.learner().update(batch, critic.objective())));
            }
        }
        Map<String, Double> metrics = StepMetrics.ofUpdates("", policyUpdates);
        metrics.putAll(StepMetrics.ofUpdates("critic_", criticUpdates));
        return metrics;
    }

    private boolean policyLearns(int step) {
        return actors.critic().map(critic -> step > critic.warmupSteps()).orElse(true);
    }
}
