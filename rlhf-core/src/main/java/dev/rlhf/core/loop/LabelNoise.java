package dev.rlhf.core.loop;

import dev.rlhf.core.base.Seed;
import dev.rlhf.core.prompt.PromptCursor;
import dev.rlhf.core.prompt.ShuffledPrompts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Wrong labels: of some pairs, drawn by the seed, the better response becomes the worse one.
 *
 * <p>With the same seed the pairs of a smaller share are among those of a larger one.
 *
 * @param share share of pairs, in [0, 0.5]; at 0.5 labels say nothing
 * @param seed which pairs
 */
public record LabelNoise(double share, Seed seed) {
    /** Pairs of which the share, rounded to whole pairs, is swapped; their order stays. */
    public List<PreferencePair> of(List<PreferencePair> pairs) {
        int swapped = (int) Math.round(share * pairs.size());
        if (swapped == 0) {
            return pairs;
        }
        List<Integer> places = IntStream.range(0, pairs.size()).boxed().toList();
        List<PreferencePair> noisy = new ArrayList<>(pairs);
        new ShuffledPrompts<>(places, seed.derive("swapped"), PromptCursor.START)
                .next(swapped)
                .forEach(place -> noisy.set(place, pairs.get(place).swapped()));
        return List.copyOf(noisy);
    }

    /** A pair of an endless source, swapped with the share as probability; the same place gives the same. */
    public PreferencePair of(PreferencePair pair, PromptCursor place) {
        boolean swapped = share > 0
                && seed.derive("swapped", place.epoch(), place.position())
                                .random()
                                .nextDouble()
                        < share;
        return swapped ? pair.swapped() : pair;
    }
}
