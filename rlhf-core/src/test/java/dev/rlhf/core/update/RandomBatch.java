package dev.rlhf.core.update;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.base.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Ragged rows with everything an objective may ask for: a one-token row, a masked hole, a row masked as a whole. */
final class RandomBatch {
    private static final int[] LENGTHS = {4, 1, 6, 3, 2, 5};
    private static final int MASKED_ROW = 3;
    private static final Label[] LABELS = {
        Label.DESIRABLE, Label.UNDESIRABLE, Label.MISMATCHED, Label.DESIRABLE, Label.DESIRABLE, Label.MISMATCHED
    };

    final TrainingBatch batch;
    final TokenOutputs policy;
    final TokenOutputs values;
    final TokenOutputs scores;

    RandomBatch(long seed) {
        RandomGenerator random = new Seed(seed).random();
        List<Experience> rows = new ArrayList<>();
        float[][] logProbs = new float[LENGTHS.length][];
        float[][] entropies = new float[LENGTHS.length][];
        float[][] predicted = new float[LENGTHS.length][];
        float[][] scored = new float[LENGTHS.length][];
        for (int i = 0; i < LENGTHS.length; i++) {
            int length = LENGTHS[i];
            boolean[] mask = new boolean[length];
            for (int t = 0; t < length; t++) {
                mask[t] = i != MASKED_ROW && !(i == 2 && t == 1);
            }
            logProbs[i] = near(random, length, -1.5, 0.8);
            entropies[i] = near(random, length, 1, 0.3);
            predicted[i] = near(random, length, 0, 1);
            scored[i] = near(random, 1, 0, 1);
            rows.add(Experience.of(TokenSequence.of(new int[] {1, 2}, new int[length]), mask)
                    .with(Input.OLD_LOG_PROBS, shifted(random, logProbs[i], 0.3))
                    .with(Input.REFERENCE_LOG_PROBS, shifted(random, logProbs[i], 0.5))
                    .with(Input.VALUES, shifted(random, predicted[i], 0.4))
                    .with(Input.ADVANTAGES, near(random, length, 0, 1))
                    .with(Input.RETURNS, near(random, length, 0, 1))
                    .labelled(LABELS[i]));
        }
        batch = new TrainingBatch(rows, 1.0, 8);
        policy = TokenOutputs.ofPolicy(logProbs, entropies);
        values = TokenOutputs.ofValues(predicted);
        scores = TokenOutputs.ofValues(scored);
    }

    private static float[] near(RandomGenerator random, int length, double centre, double spread) {
        float[] numbers = new float[length];
        for (int t = 0; t < length; t++) {
            numbers[t] = (float) (centre + spread * random.nextGaussian());
        }
        return numbers;
    }

    private static float[] shifted(RandomGenerator random, float[] from, double spread) {
        float[] numbers = from.clone();
        for (int t = 0; t < numbers.length; t++) {
            numbers[t] += (float) (spread * random.nextGaussian());
        }
        return numbers;
    }
}
