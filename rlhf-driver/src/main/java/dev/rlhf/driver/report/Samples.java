package dev.rlhf.driver.report;

import dev.rlhf.core.run.Sample;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
                .filter(sample -> sample.pick() != Sample.Pick.HELD_OUT)
                .mapToDouble(StepSample::reward)
                .summaryStatistics();
    }

    /** Answers as they came in training: the first ones, some from halfway, the last ones. */
    List<SampleGroup> groups() {
        List<StepSample> first = picked(Sample.Pick.FIRST);
        int last = Math.max(0, first.size() - EACH);
        // Groups that would overlap become fewer.
        List<Integer> starts =
                last >= 2 * EACH ? List.of(0, last / 2, last) : last >= EACH ? List.of(0, last) : List.of(last);
        return first.isEmpty()
                ? List.of()
                : starts.stream()
                        .map(start -> group("", first.subList(start, Math.min(start + EACH, first.size()))))
                        .toList();
    }

    /** The best and the worst answers of the last steps. */
    List<SampleGroup> extremes() {
        List<SampleGroup> groups = new ArrayList<>();
        List<StepSample> best = picked(Sample.Pick.BEST);
        List<StepSample> worst = picked(Sample.Pick.WORST);
        if (!best.isEmpty()) {
            groups.add(group("Best: ", best.subList(Math.max(0, best.size() - EXTREMES), best.size())));
        }
        if (!worst.isEmpty()) {
            groups.add(group("Worst: ", worst.subList(Math.max(0, worst.size() - EXTREMES), worst.size())));
        }
        return groups;
    }

    /** The same held-out prompts answered before the first step, or as soon as they were, and at the end. */
    List<HeldOutAnswer> heldOut() {
        List<StepSample> answers = picked(Sample.Pick.HELD_OUT);
        Map<String, List<StepSample>> byPrompt = new LinkedHashMap<>();
        answers.forEach(answer -> byPrompt.computeIfAbsent(answer.prompt(), prompt -> new ArrayList<>())
                .add(answer));
        return byPrompt.values().stream()
                .map(same -> new HeldOutAnswer(
                        same.get(0).prompt(),
                        same.get(0).expected().orElse(""),
                        (same.size() == 1 ? same : List.of(same.get(0), same.get(same.size() - 1)))
                                .stream().map(Samples::heldOut).toList()))
                .toList();
    }

    private static HeldOutAnswer.Answer heldOut(StepSample sample) {
        return new HeldOutAnswer.Answer(
                sample.step() == 0 ? "before" : "after step " + sample.step(),
                sample.response(),
                Words.number(sample.reward()),
                sample.reward() >= 1);
    }

    private List<StepSample> picked(Sample.Pick pick) {
        return samples.stream().filter(sample -> sample.pick() == pick).toList();
    }

    private SampleGroup group(String words, List<StepSample> chosen) {
        int first = chosen.get(0).step();
        int last = chosen.get(chosen.size() - 1).step();
        String when = first == last ? "Step " + first : "Steps " + first + " to " + last;
        return new SampleGroup(
                words.isEmpty() ? when : words + when.substring(0, 1).toLowerCase(Locale.ROOT) + when.substring(1),
                chosen.stream().map(this::answer).toList());
    }

    private SampleGroup.Answer answer(StepSample sample) {
        double range = rewards.getMax() - rewards.getMin();
        double place = range > 0 ? (sample.reward() - rewards.getMin()) / range : 1;
        List<Fact> parts = sample.components().size() < 2
                ? List.of()
                : sample.components().entrySet().stream()
                        .map(part -> new Fact(part.getKey(), Words.number(part.getValue())))
                        .toList();
        return new SampleGroup.Answer(
                sample.prompt(),
                sample.expected().orElse(""),
                sample.response(),
                Words.number(sample.reward()),
                parts,
                (int) Math.round(PERCENT * place));
    }
}
