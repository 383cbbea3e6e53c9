package dev.rlhf.learner;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Device;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Head;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TrainingBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Loss, log-probs and every gradient of each family, and of rows that share prompts, beside those of the CPU and of transformers. */
final class DeviceFamilies {
    private static final double ROUNDED = 3e-2;

    private final DeviceProof proof;

    private DeviceFamilies(DeviceProof proof) {
        this.proof = proof;
    }

    static void run(DeviceProof proof) throws Exception {
        DeviceFamilies families = new DeviceFamilies(proof);
        for (String name : FamiliesTest.names().toList()) {
            proof.part(name, () -> families.family(name));
        }
        for (Head head : Head.values()) {
            proof.part("shared prompts, " + head, () -> families.shared(head));
        }
    }

    /** What a learner said and would learn. */
    private record Learnt(double loss, float[] logProbs, Map<String, float[]> gradients) {
        double error(String weight, Learnt oracle) {
            float[] none = {};
            return DeviceProof.error(
                    gradients.getOrDefault(weight, none), oracle.gradients().getOrDefault(weight, none));
        }

        String where(Learnt oracle) {
            return Collections.max(gradients.keySet(), Comparator.comparingDouble(weight -> error(weight, oracle)));
        }

        double worst(Learnt oracle) {
            return error(where(oracle), oracle);
        }
    }

    private void family(String name) {
        GoldenCase golden = GoldenCase.of("families/" + name);
        Learnt oracle = learnt(golden, Device.CPU, Precision.FLOAT32);
        Learnt here = learnt(golden, proof.device(), Precision.FLOAT32);
        proof.close(name + ", loss", Math.abs(here.loss() / oracle.loss() - 1), DeviceProof.CLOSE);
        proof.close(name + ", log-probs", DeviceProof.error(here.logProbs(), oracle.logProbs()), DeviceProof.CLOSE);
        proof.close(
                name + ", log-probs of transformers",
                DeviceProof.error(here.logProbs(), golden.numbers("log_probs")),
                DeviceProof.CLOSE);
        proof.close(
                name + ", the worst of " + here.gradients().size() + " gradients (" + here.where(oracle) + ")",
                here.worst(oracle),
                DeviceProof.CLOSE);
        Learnt rounded = learnt(golden, proof.device(), Precision.BFLOAT16);
        proof.close(name + ", bfloat16, log-probs", DeviceProof.error(rounded.logProbs(), oracle.logProbs()), ROUNDED);
    }

    private Learnt learnt(GoldenCase golden, Device device, Precision precision) {
        TrainingBatch batch = golden.batch(1);
        try (DjlLearner learner = DjlLearner.open(
                proof.settings(golden.directory(), Head.LANGUAGE_MODEL, precision, device), GoldenCase.OPTIMISER, 10)) {
            float[][] logProbs =
                    learner.evaluate(golden.rows(), 1, Set.of(Output.LOG_PROBS)).logProbs();
            double loss = learner.accumulate(batch, FixedCoefficients.likelihood(batch))
                    .loss();
            return new Learnt(loss, GoldenCase.flat(logProbs), GoldenCase.byName(learner));
        }
    }

    private void shared(Head head) {
        Map<String, float[]> alone = gradients(head, Device.CPU, 1);
        for (int tokens : new int[] {200, 8192}) {
            Learnt here = new Learnt(0, new float[0], gradients(head, proof.device(), tokens));
            Learnt oracle = new Learnt(0, new float[0], alone);
            proof.close(
                    "rows of shared prompts, runs of " + tokens + " positions, " + head + ", the worst gradient ("
                            + here.where(oracle) + ") beside each row alone",
                    here.worst(oracle),
                    DeviceProof.CLOSE);
        }
    }

    private Map<String, float[]> gradients(Head head, Device device, int tokens) {
        Random random = new Random(5);
        List<TokenSequence> rows = new ArrayList<>();
        for (int prompt : new int[] {10, 17, 6}) {
            rows.addAll(SharedPromptTest.group(random, prompt, 9, 4, 4, 4, 5, 1));
        }
        GoldenCase golden = GoldenCase.of("untied");
        try (DjlLearner learner = DjlLearner.open(
                proof.settings(golden.directory(), head, Precision.FLOAT32, device, tokens, 1),
                GoldenCase.OPTIMISER,
                10)) {
            learner.accumulate(
                    TrainingBatch.of(rows.stream().map(Experience::of).toList()), FixedCoefficients.drawn(head, rows));
            return GoldenCase.byName(learner);
        }
    }
}
