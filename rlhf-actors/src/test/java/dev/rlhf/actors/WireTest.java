package dev.rlhf.actors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.smile.databind.SmileMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ExactMatch;
import dev.rlhf.core.reward.LengthPenalty;
import dev.rlhf.core.reward.ModelScore;
import dev.rlhf.core.reward.NumericAnswer;
import dev.rlhf.core.reward.PositionMatch;
import dev.rlhf.core.reward.RewardKinds;
import dev.rlhf.core.rollout.Completion;
import dev.rlhf.core.rollout.FinishReason;
import dev.rlhf.core.rollout.RolloutGroup;
import dev.rlhf.core.rollout.SamplingParams;
import dev.rlhf.core.rollout.ServerNeeds;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.BradleyTerry;
import dev.rlhf.core.update.ClippedSurrogate;
import dev.rlhf.core.update.ClippedSurrogate.Clip;
import dev.rlhf.core.update.ClippedSurrogate.Ratio;
import dev.rlhf.core.update.DirectPreference;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Input;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Label;
import dev.rlhf.core.update.Likelihood;
import dev.rlhf.core.update.NetworkSettings;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.OptimiserSettings;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.PolicyGradient;
import dev.rlhf.core.update.PolicyLoss;
import dev.rlhf.core.update.Reduction;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import dev.rlhf.core.update.ValueRegression;
import dev.rlhf.rollout.HttpReward;
import dev.rlhf.testing.BitEquality;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {
    private static final ObjectMapper SMILE = new SmileMapper();
    private static final float[] NONE = {};
    private static final float[] NUMBERS = {-0.0f, Float.MIN_VALUE, -1.1754945e-38f, 3.4028235e38f, 0.1f, Float.NaN};
    private static final NetworkSettings NETWORK =
            new NetworkSettings("/models/policy", Head.REWARD, 4096, 2, new Seed(-7));
    private static final OptimiserSettings OPTIMISER =
            new OptimiserSettings(1e-3, OptimiserSettings.Schedule.COSINE, 5, 0.1, 0.9, 0.95, 1e-8, 0.1, 1);
    private static final Prompt PROMPT =
            new Prompt("words.txt:17", "größe 漢字 \u0000|", new int[] {3, 8, 5}, Map.of("answer", "eßörg"));
    private static final Completion COMPLETION = new Completion(
            new int[] {20, 0}, new float[] {-0.1f, -30}, FinishReason.STOP, new WeightVersion(4), "\"tac\"\n");
    private static final RolloutGroup GROUP = new RolloutGroup(PROMPT, List.of(COMPLETION, COMPLETION));
    private static final TrainingBatch BATCH = new TrainingBatch(
            List.of(
                    Experience.of(
                                    TokenSequence.of(new int[] {1}, new int[] {2, 3, 4, 5, 6, 7}),
                                    new boolean[] {true, false, true, true, true, false})
                            .labelled(Label.UNDESIRABLE)
                            .with(Input.OLD_LOG_PROBS, NUMBERS)
                            .with(Input.VALUES, NUMBERS)
                            .with(Input.ADVANTAGES, NUMBERS),
                    Experience.of(new TokenSequence(new int[] {9}, 1))),
            0.7,
            12);

    /** A reward of each kind that is built in. */
    private static Stream<Record> rewards() {
        return Stream.of(
                new ExactMatch("exact", -0.5),
                new PositionMatch(),
                new NumericAnswer(),
                new LengthPenalty(null, 1, 3),
                new ModelScore("model", 2, "rm", false),
                new HttpReward("judge", 1, URI.create("http://judge:9000/score?v=2"), 8, 2, 30, true, "JUDGE_KEY"));
    }

    static Stream<Objective> objectives() {
        Reduction reduction = Reduction.SEQUENCE_MEAN_TOKEN_SUM_NORM;
        PolicyLoss sequences = new ClippedSurrogate(Ratio.SEQUENCE, Clip.STOP_GRADIENT, 0.2, 0.28, 3, 0.01, reduction);
        return Stream.of(
                new Likelihood(reduction),
                new BradleyTerry(0.5, 0.01),
                new DirectPreference(0.1, 0.05),
                sequences,
                sequences.withEntropyAndKl(KlEstimator.K3, 0.04),
                new PolicyGradient(0, Reduction.TOKEN_MEAN).withEntropy(),
                new ValueRegression(0.2, 1, Reduction.TOKEN_MEAN));
    }

    private static final WeightSnapshot WEIGHTS = new WeightSnapshot(
            Path.of("/run/weights/v000004"),
            new WeightVersion(4),
            new Canary(new int[] {3, 1, 4}, new float[] {-0.5f, Float.MIN_VALUE}, 1e-4));

    static Stream<Record> messages() {
        return Stream.of(
                        Stream.of(
                                new LearnerMessage.Open("policy", NETWORK, OPTIMISER, 100),
                                new LearnerMessage.Open("reference", NETWORK, null, 0),
                                new LearnerMessage.Close("critic"),
                                new LearnerMessage.Evaluate("policy", BATCH.sequences(), 0.7, Set.of(Output.LOG_PROBS)),
                                new LearnerMessage.Files("policy", "/run/checkpoints/step-000001"),
                                TokenOutputs.ofPolicy(new float[][] {NUMBERS, NONE}, new float[][] {NUMBERS, NONE}),
                                TokenOutputs.ofValues(new float[][] {{1}, {2}}),
                                new UpdateReport(Double.MIN_VALUE, 0.1, 1e-4, 12, Map.of("clip_fraction", 0.25)),
                                new RewardActor.Request(new byte[] {1, -2}, List.of(GROUP)),
                                new RewardSettings(
                                        List.of("/jars/mine.jar"),
                                        12,
                                        List.of(
                                                new RewardTerm(
                                                        "model",
                                                        "reward-model",
                                                        new byte[] {7},
                                                        new RewardTerm.Model(NETWORK, 0.3, 1.7),
                                                        null),
                                                new RewardTerm("judge", "http", new byte[0], null, "s3cret"))),
                                new RewardActor.Answer(List.of(new RewardActor.Scores(
                                        "words.txt:17",
                                        new double[] {1, 0.1},
                                        Map.of("exact-match", new double[] {1, 0.1}))))),
                        ofRollouts(),
                        objectives().map(objective -> new LearnerMessage.Update("policy", BATCH, objective)),
                        rewards())
                .flatMap(messages -> messages);
    }

    private static Stream<Record> ofRollouts() {
        return Stream.of(
                new RolloutActor.Publish(WEIGHTS, 70),
                new RolloutActor.Reach(new ServerNeeds(300, 0.7, true), 9),
                new RolloutActor.Request(
                        List.of(PROMPT),
                        3,
                        new SamplingParams(8, 0.7, 0.9, 5, 12),
                        new Seed(Long.MIN_VALUE),
                        WEIGHTS,
                        1000),
                new RolloutActor.Answer(List.of(RolloutActor.Samples.of(GROUP))),
                new RolloutSettings(new GenerationPlace.Embedded("/models/base", 64, 2, null), List.of(0), null, 300),
                new RolloutSettings(
                        new GenerationPlace.Remote(List.of(URI.create("http://gpu-1:8000")), "p"),
                        List.of(1, 2),
                        "key",
                        9));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageComesBackToTheBit(Record message) {
        byte[] bytes = Wire.write(message);
        Record read = Wire.read(bytes, message.getClass());
        assertThat(read)
                .usingRecursiveComparison(BitEquality.exact())
                .withStrictTypeChecking()
                .isEqualTo(message);
        assertThat(Wire.write(read)).isEqualTo(bytes);
    }

    /** The list above is complete where the compiler knows the whole. */
    @Test
    void everyChoiceIsAmongTheMessages() {
        List<Class<?>> seen = messages()
                .map(message -> message instanceof RolloutSettings settings ? settings.place() : message)
                .<Class<?>>map(Object::getClass)
                .toList();
        for (Class<?> choice : List.of(LearnerMessage.class, GenerationPlace.class)) {
            assertThat(seen).containsAll(Arrays.asList(choice.getPermittedSubclasses()));
        }
        assertThat(seen).containsAll(new RewardKinds(List.of()).recipes());
    }

    @Test
    void onlyOurOwnClassesAreBuilt() throws IOException {
        for (String foreign : List.of("javax.swing.JEditorPane", "java.util.HashMap", "dev.rlhfoo.Likelihood")) {
            byte[] bytes = SMILE.writeValueAsBytes(Map.of(
                    "network",
                    "policy",
                    "batch",
                    Map.of("rows", List.of(), "temperature", 1, "maxTokens", 1),
                    "objective",
                    Map.of("@class", foreign)));
            assertBug(() -> Wire.read(bytes, LearnerMessage.Update.class), foreign);
        }
    }

    @Test
    void bytesThatAreNotTheMessageAreRefused() {
        byte[] bytes = Wire.write(new LearnerMessage.Close("policy"));
        assertBug(() -> Wire.read(Arrays.copyOf(bytes, bytes.length - 3), LearnerMessage.Close.class), "Close");
        assertBug(() -> Wire.read(Arrays.copyOf(bytes, bytes.length + 3), LearnerMessage.Close.class), "Close");
        assertBug(() -> Wire.read(new byte[0], LearnerMessage.Close.class), "Close");
        assertBug(() -> Wire.read(bytes, LearnerMessage.Evaluate.class), "Evaluate");
        assertBug(() -> Wire.read(bytes, WeightSnapshot.class), "WeightSnapshot");
    }

    /** A message that contains itself. */
    private record Knot(List<Object> parts) {}

    @Test
    void whatCannotBeWrittenIsNamed() {
        List<Object> parts = new ArrayList<>();
        parts.add(parts);
        assertBug(() -> Wire.write(new Knot(parts)), "cannot write a Knot");
    }

    private static void assertBug(ThrowingCallable action, String named) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.BUG))
                .hasMessageContaining(named);
    }
}
