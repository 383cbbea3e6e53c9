package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.ModelScore;
import dev.rlhf.core.reward.PositionMatch;
import dev.rlhf.core.reward.RuleReward;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.testing.BitEquality;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class RewardClientTest {
    private static final int GROUPS = 70;

    @TempDir
    static Path models;

    private static Path model;

    private final InProcessRuntime runtime = new InProcessRuntime();

    @BeforeAll
    static void write() {
        model = SmallModel.in(models.resolve("model"), 1);
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    /** Loses its state at the first call of each process of its kind. */
    public static final class ForgetfulActor implements ByteActor {
        private static final AtomicInteger LOSSES = new AtomicInteger();

        private final RewardActor actor;

        /** Wraps a reward actor. */
        public ForgetfulActor(byte[] settings) {
            actor = new RewardActor(settings);
        }

        @Override
        public byte[] call(String method, byte[] message) {
            if (LOSSES.getAndIncrement() % 3 == 0) {
                throw ActorLost.failure("reward", "killed", null);
            }
            return actor.call(method, message);
        }

        @Override
        public void close() {
            actor.close();
        }
    }

    @Test
    void theNumberOfActorsChangesNoBit() {
        List<ScoredGroup> one = client(RewardActor.ROLE, 1, both(0.5)).score(groups());
        for (int count = 2; count <= 3; count++) {
            assertThat(client(RewardActor.ROLE, count, both(0.5)).score(groups()))
                    .usingRecursiveComparison(BitEquality.exact())
                    .isEqualTo(one);
        }
        assertThat(one).hasSize(GROUPS);
        assertThat(one.get(7).group().prompt().id()).isEqualTo("p:7");
    }

    @Test
    void theChunksOfALostActorAreScoredAgain() {
        List<ScoredGroup> undisturbed = client(RewardActor.ROLE, 2, both(1)).score(groups());
        ActorRole forgetful = new ActorRole("forgetful", ForgetfulActor.class);
        int before = ForgetfulActor.LOSSES.get();
        assertThat(client(forgetful, 2, both(1)).score(groups()))
                .usingRecursiveComparison(BitEquality.exact())
                .isEqualTo(undisturbed);
        assertThat(ForgetfulActor.LOSSES.get() - before).isGreaterThan(3);
    }

    @Test
    void termsAreWeightedAndWhitened() {
        List<ScoredGroup> raw =
                client(RewardActor.ROLE, 1, settings(model(0, 1, 1))).score(groups());
        List<ScoredGroup> mixed = client(
                        RewardActor.ROLE, 1, settings(model(0.25, 2, 0.5), rule(new ExactMatch("exact-match", 3))))
                .score(groups());
        for (int g = 0; g < GROUPS; g++) {
            for (int i = 0; i < 2; i++) {
                double score = component(raw.get(g), "reward-model", i);
                double exact = component(mixed.get(g), "exact-match", i);
                assertThat(exact).isEqualTo(i == 0 && g % 2 == 0 ? 1 : 0);
                assertThat(mixed.get(g).rewards()[i]).isCloseTo(0.5 * (score - 0.25) / 2 + 3 * exact, within(1e-12));
            }
        }
    }

    @Test
    void settingsThatCannotBeOpenedLeaveTheOthersUsable() {
        ActorHandle actor = runtime.spawn(RewardActor.ROLE, "reward", new byte[0]);
        RewardClient good = new RewardClient(both(1), List.of(actor), Duration.ofMinutes(10));
        Path missing = models.resolve("missing");
        RewardClient bad = new RewardClient(
                settings(model(0, 1, 1), model("missing", missing, 0, 1, 1)), List.of(actor), Duration.ofMinutes(10));
        List<ScoredGroup> before = good.score(groups());
        assertThatThrownBy(() -> bad.score(groups()))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(missing.toString());
        assertThat(good.score(groups()))
                .usingRecursiveComparison(BitEquality.exact())
                .isEqualTo(before);
    }

    @Test
    void aPromptWithoutAnAnswerIsNamed() {
        RewardClient client = client(RewardActor.ROLE, 1, settings(rule(new ExactMatch())));
        Prompt unanswered = new Prompt("gsm8k.jsonl:3", "?", new int[] {3}, Map.of());
        RolloutGroup group = new RolloutGroup(unanswered, groups().get(0).completions());
        assertThatThrownBy(() -> client.score(List.of(group)))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining("gsm8k.jsonl:3");
    }

    private RewardClient client(ActorRole role, int count, RewardSettings settings) {
        List<ActorHandle> actors = IntStream.range(0, count)
                .mapToObj(i ->
                        runtime.spawn(role, role.name() + count + "-" + i + "-" + settings.hashCode(), new byte[0]))
                .toList();
        return new RewardClient(settings, actors, Duration.ofMinutes(10));
    }

    private static double component(ScoredGroup group, String name, int completion) {
        return group.components().getOrDefault(name, new double[0])[completion];
    }

    private static RewardSettings both(double weight) {
        return settings(model(0.1, 1.5, weight), rule(new PositionMatch(null, 1 - weight)));
    }

    private static RewardSettings settings(RewardTerm... terms) {
        return new RewardSettings(List.of(), 9, List.of(terms));
    }

    private static RewardTerm rule(RuleReward rule) {
        return RewardTerm.of(rule.kind(), rule, null, null);
    }

    private static RewardTerm model(double mean, double deviation, double weight) {
        return model("reward-model", model, mean, deviation, weight);
    }

    private static RewardTerm model(String name, Path directory, double mean, double deviation, double weight) {
        NetworkSettings network = SmallModel.settings(directory, Head.REWARD);
        return RewardTerm.of(
                name, new ModelScore(null, weight, "rm", true), new RewardTerm.Model(network, mean, deviation), null);
    }

    /** Groups of two completions, of all lengths; every second first one is right. */
    private static List<RolloutGroup> groups() {
        return IntStream.range(0, GROUPS)
                .mapToObj(g -> {
                    String answer = "ab".repeat(1 + g % 5);
                    Prompt prompt = new Prompt("p:" + g, "p", new int[] {3 + g % 7, 4}, Map.of("answer", answer));
                    return new RolloutGroup(
                            prompt, List.of(completion(g, g % 2 == 0 ? answer : "b"), completion(g + 1, "ax")));
                })
                .toList();
    }

    private static Completion completion(int g, String text) {
        int[] tokens = IntStream.range(0, 1 + g % 9).map(t -> 3 + (g + t) % 20).toArray();
        return new Completion(tokens, new float[tokens.length], FinishReason.STOP, new WeightVersion(1), text);
    }
}
