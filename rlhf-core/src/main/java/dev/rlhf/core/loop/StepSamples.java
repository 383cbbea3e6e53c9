package dev.rlhf.core.loop;

import dev.rlhf.core.prompt.Prompt;
import dev.rlhf.core.reward.ScoredGroup;
import dev.rlhf.core.run.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The completions of a step that are kept for people: the first ones as they come, the best and the worst. */
public final class StepSamples {
    private static final int FIRST = 3;

    private StepSamples() {}

    /** A completion by its place. */
    private record Place(ScoredGroup group, int completion) {
        double reward() {
            return group.rewards()[completion];
        }
    }

    /** Those of scored completions, at least one. */
    public static List<Sample> of(List<ScoredGroup> scored) {
        List<Sample> samples = new ArrayList<>();
        scored.stream().limit(FIRST).forEach(group -> samples.add(sample(Sample.Pick.FIRST, new Place(group, 0))));
        List<Place> all = new ArrayList<>();
        for (ScoredGroup group : scored) {
            for (int i = 0; i < group.rewards().length; i++) {
                all.add(new Place(group, i));
            }
        }
        Comparator<Place> byReward = Comparator.comparingDouble(Place::reward);
        Place best = all.stream().max(byReward).orElseThrow();
        Place worst = all.stream().min(byReward).orElseThrow();
        if (best.reward() > worst.reward()) {
            samples.add(sample(Sample.Pick.BEST, best));
            samples.add(sample(Sample.Pick.WORST, worst));
        }
        return samples;
    }

    private static Sample sample(Sample.Pick pick, Place place) {
        Map<String, Double> components = new LinkedHashMap<>();
        place.group().components().forEach((name, scores) -> components.put(name, scores[place.completion()]));
        Prompt prompt = place.group().group().prompt();
        return new Sample(
                pick,
                prompt.text(),
                place.group().group().completions().get(place.completion()).text(),
                place.reward(),
                prompt.fields().get(Prompt.ANSWER),
                components);
    }
}
