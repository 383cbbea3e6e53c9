package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed again and again, at any moment, ends as one that was left alone. */
class KillAndResumeIT {
    private static final int SFT = 8;
    private static final int REWARD_MODEL = SFT + 9;
    private static final int PPO = REWARD_MODEL + 7;
    private static final int GRPO = PPO + 6;
    private static final int EVERY = 3;

    /** The quickstart's four stages with few steps; the end of the last stages falls on a checkpoint's step and off it. */
    private static final List<String> SHORT = List.of(
            "checkpoint.every-steps=" + EVERY,
            "stages.sft.steps=" + SFT,
            "stages.sft.batch-size=16",
            "stages.sft.evaluation.limit=16",
            "stages.reward-model.steps=" + (REWARD_MODEL - SFT),
            "stages.reward-model.batch-size=8",
            "stages.reward-model.data.pairs=32",
            "stages.reward-model.data.held-out-pairs=16",
            "stages.ppo.steps=" + (PPO - REWARD_MODEL),
            "stages.ppo.prompts-per-step=8",
            "stages.ppo.critic.warmup-steps=2",
            "stages.ppo.evaluation.limit=16",
            "stages.grpo.steps=" + (GRPO - PPO),
            "stages.grpo.prompts-per-step=4",
            "stages.grpo.sampling.samples-per-prompt=4",
            "stages.grpo.evaluation.limit=16");

    @TempDir
    Path folder;

    @Test
    void aRunKilledAgainAndAgainEndsWithTheSameBytes() throws IOException {
        Path undisturbed = folder.resolve("undisturbed");
        try (RlhfProcess run = start(undisturbed, false)) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
        Path disturbed = folder.resolve("disturbed");
        List<String> hit = new ArrayList<>();
        boolean resume = false;
        for (KillPoint point : points()) {
            try (RlhfProcess run = start(disturbed, resume)) {
                run.await(point.name(), () -> point.reached().test(disturbed));
                run.kill();
            }
            resume = true;
            if (point.inside().test(disturbed)) {
                hit.add(point.name());
            }
        }
        try (RlhfProcess run = start(disturbed, true)) {
            assertThat(run.exitCode()).as(run.printed()).isZero();
        }
        assertThat(hit).as("moments hit").anyMatch(name -> name.startsWith("writing checkpoints"));
        new RunFiles(disturbed).assertEqual(new RunFiles(undisturbed));
    }

    @Test
    void aRunThatIsStoppedSaysHowToGoOn() {
        Path stopped = folder.resolve("stopped");
        try (RlhfProcess run = start(stopped, false)) {
            KillPoint step = KillPoint.afterStep(1);
            run.await(step.name(), () -> step.reached().test(stopped));
            run.interrupt();

            assertThat(run.exitCode()).as("128 + SIGTERM").isEqualTo(143);
            assertThat(run.printed()).contains("--resume --out " + stopped);
        }
    }

    private RlhfProcess start(Path directory, boolean resume) {
        List<String> arguments = new ArrayList<>(List.of(
                "run", RlhfProcess.HOME.resolve("recipes/quickstart.yaml").toString(), "--out", directory.toString()));
        SHORT.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        if (resume) {
            arguments.add("--resume");
        }
        return RlhfProcess.start(folder.resolve(directory.getFileName() + ".txt"), arguments.toArray(String[]::new));
    }

    /** In the middle of each stage and at its end; {@code -Drlhf.kills} adds more at random, {@code -Drlhf.kill-seed} draws others. */
    private static List<KillPoint> points() {
        Random random = new Random(Long.getLong("rlhf.kill-seed", 20));
        List<KillPoint> points = new ArrayList<>(List.of(
                KillPoint.inCheckpoint(EVERY),
                KillPoint.afterModel(SFT, "sft"),
                KillPoint.afterStep(random.nextInt(SFT + 1, REWARD_MODEL)),
                KillPoint.inModel(REWARD_MODEL, "reward-model"),
                KillPoint.inCheckpoint(REWARD_MODEL + 1),
                KillPoint.afterStep(random.nextInt(REWARD_MODEL + 2, PPO)),
                KillPoint.inCheckpoint(GRPO)));
        for (int i = 0; i < Integer.getInteger("rlhf.kills", 0); i++) {
            points.add(
                    random.nextInt(3) == 0
                            ? KillPoint.inCheckpoint(EVERY * random.nextInt(2, GRPO / EVERY))
                            : KillPoint.afterStep(random.nextInt(1, GRPO)));
        }
        // A later moment only: what a former life has written must not be taken for it.
        List<KillPoint> ordered = new ArrayList<>();
        points.sort(Comparator.comparingInt(KillPoint::runStep));
        for (KillPoint point : points) {
            if (ordered.isEmpty() || ordered.get(ordered.size() - 1).runStep() < point.runStep()) {
                ordered.add(point);
            }
        }
        return ordered;
    }
}
