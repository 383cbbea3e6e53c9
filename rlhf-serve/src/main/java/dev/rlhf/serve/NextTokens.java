package dev.rlhf.serve;

import static java.util.stream.Collectors.groupingBy;

import dev.rlhf.learner.decoder.Logits;
import java.util.List;

/**
 * Gives samples their next tokens. They are drawn where the logits lie; only rows of which more is asked than one token of the whole
 * vocabulary are copied into Java.
 */
final class NextTokens {
    private NextTokens() {}

    /**
     * A sample that wants a token.
     *
     * @param sample the sample
     * @param logits where the token's logits are
     * @param row their row there
     */
    record Place(RunningSample sample, Logits logits, int row) {}

    /** How the next token of a sample is found. */
    enum Way {
        /** The most likely one. */
        LIKELIEST,
        /** Drawn from all. */
        DRAWN,
        /** From the distribution itself: some of it is cut off, or alternatives are listed. */
        STUDIED
    }

    /** Gives each its token; a sample occurs once. */
    static void give(List<Place> places) {
        places.stream()
                .collect(groupingBy(Place::logits))
                .forEach((logits, ofThem) -> ofThem.stream()
                        .collect(groupingBy(place -> place.sample().way()))
                        .forEach((way, alike) -> give(logits, way, alike)));
    }

    private static void give(Logits logits, Way way, List<Place> places) {
        int[] rows = places.stream().mapToInt(Place::row).toArray();
        switch (way) {
            case LIKELIEST -> take(places, logits.likeliest(rows));
            case DRAWN -> {
                double[] temperatures = places.stream()
                        .mapToDouble(place -> place.sample().temperature())
                        .toArray();
                double[] points = places.stream()
                        .mapToDouble(place -> place.sample().point())
                        .toArray();
                take(places, logits.draw(rows, temperatures, points));
            }
            case STUDIED -> places.forEach(place -> place.sample().next(distribution(place)));
        }
    }

    private static void take(List<Place> places, Logits.Chosen chosen) {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            double logProb = chosen.logProbs()[i];
            if (Double.isNaN(logProb)) {
                // It says which logit is broken.
                place.sample().next(distribution(place));
            } else {
                place.sample().take(chosen.tokens()[i], logProb);
            }
        }
    }

    private static Distribution distribution(Place place) {
        return new Distribution(place.logits().row(place.row()), place.sample().temperature());
    }
}
