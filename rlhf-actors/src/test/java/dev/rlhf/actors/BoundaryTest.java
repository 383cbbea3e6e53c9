package dev.rlhf.actors;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.LengthPenalty;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.testing.FakeGenerationServer;
import dev.rlhf.testing.FakeModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
        RewardSettings settings =
                new RewardSettings(List.of(new CriterionSettings.Rule("length", new LengthPenalty(20, 5), 1)));
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
