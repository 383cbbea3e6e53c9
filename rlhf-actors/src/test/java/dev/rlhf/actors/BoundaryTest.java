package dev.rlhf.actors;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.LengthPenalty;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import dev.rlhf.core.update.ValueRegression;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Only what is new crosses an actor's boundary: the asker knows what it asked about. */
@Timeout(300)
class BoundaryTest {
    private static final int VOCABULARY = 9;
    private static final int PROMPTS = 8;
    private static final int PROMPT_TOKENS = 500;
    private static final SamplingParams SAMPLING = new SamplingParams(2, 1, 1, 0, 20);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-2, OptimiserSettings.Schedule.CONSTANT, 0, 1, 0.9, 0.95, 1e-8, 0, 1);
    private static final List<Prompt> ASKED = IntStream.range(0, PROMPTS)
            .mapToObj(p -> new Prompt("p:" + p, "", new int[PROMPT_TOKENS], Map.of()))
            .toList();

    private final FakeGenerationServer server = FakeGenerationServer.start("policy", VOCABULARY);
    private final InProcessRuntime runtime = new InProcessRuntime();

    @AfterEach
    void close() {
        runtime.close();
        server.close();
    }

    @Test
    void samplesComeBackWithoutTheirPrompts() {
        WeighedActor actor = rolloutActor(answer -> answer);
        List<RolloutGroup> groups = samples(actor);

        assertThat(groups).extracting(RolloutGroup::prompt).isEqualTo(ASKED);
        assertThat(actor.asked()).isGreaterThan(PROMPTS * PROMPT_TOKENS);
        assertThat(actor.answered()).isLessThan(PROMPTS * PROMPT_TOKENS);
        assertThat(Wire.write(groups)).hasSizeGreaterThan(PROMPTS * PROMPT_TOKENS);
    }

    @Test
    void scoresComeBackWithoutTheGroupsTheyBelongTo() {
        List<RolloutGroup> groups = samples(rolloutActor(answer -> answer));
        WeighedActor actor = rewardActor(answer -> answer);
        List<ScoredGroup> scored = client(actor).score(groups);

        assertThat(scored).extracting(ScoredGroup::group).isEqualTo(groups);
        int perCompletion = 100;
        assertThat(actor.answered()).isLessThan(PROMPTS * SAMPLING.samplesPerPrompt() * perCompletion);
        assertThat(Wire.write(scored)).hasSizeGreaterThan(PROMPTS * PROMPT_TOKENS);
    }

    /** Whatever a row knows, a learner is sent what its objective reads. */
    @Test
    void aLearnerIsSentWhatItsObjectiveNeeds() {
        WeighedActor actor = new WeighedActor(new SilentLearner());
        Learner learner = new LearnerClient(actor, PATIENCE)
                .open("policy", SmallModel.settings(Path.of("/models/0"), Head.LANGUAGE_MODEL), OPTIMISER, 10);
        Experience row = Experience.of(TokenSequence.of(new int[1], new int[PROMPT_TOKENS]));
        TrainingBatch bare = TrainingBatch.of(List.of(row));
        for (Input input : Input.values()) {
            row = row.with(input, new float[PROMPT_TOKENS]);
        }
        TrainingBatch full = TrainingBatch.of(List.of(row));

        learner.update(bare, new Likelihood(Reduction.TOKEN_MEAN));
        int nothing = actor.asked();
        learner.update(full, new Likelihood(Reduction.TOKEN_MEAN));
        assertThat(actor.asked()).isEqualTo(nothing);

        learner.update(full, new PolicyGradient(0, Reduction.TOKEN_MEAN));
        assertThat(actor.asked() - nothing).as("advantages alone").isBetween(PROMPT_TOKENS, 8 * PROMPT_TOKENS);
        learner.update(full, new ValueRegression(0.2, 1, Reduction.TOKEN_MEAN));
        assertThat(actor.asked() - nothing).as("returns and values").isBetween(8 * PROMPT_TOKENS, 16 * PROMPT_TOKENS);
    }

    @Test
    void answersInAnotherOrderAreRefused() {
        assertFails(
                () -> samples(rolloutActor(answer -> {
                    List<RolloutActor.Samples> samples = new ArrayList<>(
                            Wire.read(answer, RolloutActor.Answer.class).samples());
                    Collections.swap(samples, 1, 2);
                    return Wire.write(new RolloutActor.Answer(samples));
                })),
                ErrorKind.BUG,
                "samples of prompt p:1 and answered with those of p:2");
    }

    @Test
    void answersTooFewAreRefused() {
        List<RolloutGroup> groups = samples(rolloutActor(answer -> answer));
        WeighedActor actor = rewardActor(answer -> {
            List<RewardActor.Scores> scores =
                    Wire.read(answer, RewardActor.Answer.class).scores();
            return Wire.write(new RewardActor.Answer(scores.subList(1, scores.size())));
        });
        assertFails(() -> client(actor).score(groups), ErrorKind.BUG, "scores of 8 prompts and answered for 7");
    }

    /** A learner that takes every step and reports nothing of it. */
    private static final class SilentLearner implements ActorHandle {
        @Override
        public String name() {
            return "learner-0";
        }

        @Override
        public CompletableFuture<byte[]> call(String method, byte[] message, Duration deadline) {
            return CompletableFuture.completedFuture(
                    method.equals(LearnerActor.UPDATE)
                            ? Wire.write(new UpdateReport(1, 1, 1, 1, Map.of()))
                            : Wire.nothing());
        }

        @Override
        public void kill() {}
    }

    private WeighedActor rolloutActor(UnaryOperator<byte[]> exchanged) {
        byte[] settings = new RolloutSettings(
                        new GenerationPlace.Remote(List.of(server.endpoint()), "policy"), List.of(0), null, 150)
                .bytes();
        // Weights are published through it as well, whose answer is a number.
        return new WeighedActor(
                runtime.spawn(RolloutActor.ROLE, "rollout", settings),
                answer -> answer.length > 100 ? exchanged.apply(answer) : answer);
    }

    private WeighedActor rewardActor(UnaryOperator<byte[]> exchanged) {
        return new WeighedActor(runtime.spawn(RewardActor.ROLE, "reward", new byte[0]), exchanged);
    }

    private static RewardClient client(ActorHandle actor) {
        RewardSettings settings = new RewardSettings(
                List.of(), 20, List.of(RewardTerm.of("length", new LengthPenalty(null, 1, 5), null, null)));
        return new RewardClient(settings, List.of(actor), PATIENCE);
    }

    private static List<RolloutGroup> samples(ActorHandle actor) {
        RolloutClient client = new RolloutClient(List.of(actor), PATIENCE);
        Path model = Path.of("/models/0");
        client.publish(new WeightSnapshot(
                model, new WeightVersion(1), new FakeModel(VOCABULARY, "/models/0").canary(3, 1, 4, 8)));
        return client.generate(ASKED, SAMPLING, new Seed(4));
    }
}
