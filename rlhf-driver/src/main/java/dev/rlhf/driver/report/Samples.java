package dev.rlhf.driver.report;

import dev.rlhf.core.run.Sample;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Picks answers that show how a stage went on. */
final class Samples {
    private static final int EACH = 6;
    private static final int EXTREMES = 3;
    private static final int PERCENT = 100;

    private final List<StepSample> samples;
    private final DoubleSummaryStatistics rewards;

    Samples(StageRecord stage) {
        this.samples = stage.samples();
        this.rewards = samples.stream()
                .filter(one -> !one.is(Sample.Pick.HELD_OUT))
                .mapToDouble(one -> one.sample().reward())
                .summaryStatistics();
    }

    /** Answers as they came in training: the first ones, some from halfway, the last ones. */
    List<SampleGroup> groups() {
        List<StepSample> first = picked(Sample.Pick.FIRST);
        int last = Math.max(0, first.size() - EACH);
        // Groups that would overlap become fewer.
        Stream<Integer> starts = last >= 2 * EACH
                ? Stream.of(0, last / 2, last)
                : last >= EACH ? Stream.of(0, last) : first.isEmpty() ? Stream.of() : Stream.of(last);
        return starts.map(start -> group("", first.subList(start, Math.min(start + EACH, first.size()))))
                .toList();
    }

    /** The best and the worst answers of the last steps. */
    List<SampleGroup> extremes() {
        return Stream.of(Sample.Pick.BEST, Sample.Pick.WORST)
                .filter(pick -> !picked(pick).isEmpty())
                .map(pick -> {
                    List<StepSample> all = picked(pick);
                    String words = pick == Sample.Pick.BEST ? "Best: " : "Worst: ";
                    return group(words, all.subList(Math.max(0, all.size() - EXTREMES), all.size()));
                })
                .toList();
    }

    /** For each held-out prompt its answer before the first step, or as soon as there was one, and that at the end. */
    List<List<StepSample>> heldOut() {
        Map<String, List<StepSample>> byPrompt = new LinkedHashMap<>();
        picked(Sample.Pick.HELD_OUT)
                .forEach(answer -> byPrompt.computeIfAbsent(answer.sample().prompt(), prompt -> new ArrayList<>())
                        .add(answer));
        return byPrompt.values().stream()
                .map(same -> same.size() == 1 ? same : List.of(same.get(0), same.get(same.size() - 1)))
                .toList();
    }

    private List<StepSample> picked(Sample.Pick pick) {
        return samples.stream().filter(one -> one.is(pick)).toList();
    }

    private SampleGroup group(String words, List<StepSample> chosen) {
        int first = chosen.get(0).step();
        int last = chosen.get(chosen.size() - 1).step();
        String when = first == last ? "Step " + first : "Steps " + first + " to " + last;
        return new SampleGroup(
                words.isEmpty() ? when : words + when.toLowerCase(Locale.ROOT),
                chosen.stream()
                        .map(one -> new SampleGroup.Answer(one.sample(), percent(one.sample())))
                        .toList());
    }

    private int percent(Sample sample) {
        double range = rewards.getMax() - rewards.getMin();
        return (int) Math.round(range > 0 ? PERCENT * ((sample.reward() - rewards.getMin()) / range) : PERCENT);
    }
}
