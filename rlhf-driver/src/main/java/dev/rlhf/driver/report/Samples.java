package dev.rlhf.driver.report;

import java.util.DoubleSummaryStatistics;
import java.util.List;

/** Picks answers that show how a stage went on: the first ones, some from halfway, the last ones. */
final class Samples {
    private static final int EACH = 6;
    private static final int PERCENT = 100;

    private Samples() {}

    static List<SampleGroup> of(StageRecord stage) {
        List<StepSample> samples = stage.samples();
        DoubleSummaryStatistics rewards =
                samples.stream().mapToDouble(StepSample::reward).summaryStatistics();
        int last = Math.max(0, samples.size() - EACH);
        // Groups that would overlap become fewer.
        List<Integer> starts =
                last >= 2 * EACH ? List.of(0, last / 2, last) : last >= EACH ? List.of(0, last) : List.of(last);
        return samples.isEmpty()
                ? List.of()
                : starts.stream()
                        .map(start -> group(samples.subList(start, Math.min(start + EACH, samples.size())), rewards))
                        .toList();
    }

    private static SampleGroup group(List<StepSample> samples, DoubleSummaryStatistics rewards) {
        int first = samples.get(0).step();
        int last = samples.get(samples.size() - 1).step();
        return new SampleGroup(
                first == last ? "Step " + first : "Steps " + first + " to " + last,
                samples.stream().map(sample -> answer(sample, rewards)).toList());
    }

    private static SampleGroup.Answer answer(StepSample sample, DoubleSummaryStatistics rewards) {
        double range = rewards.getMax() - rewards.getMin();
        double place = range > 0 ? (sample.reward() - rewards.getMin()) / range : 1;
        return new SampleGroup.Answer(
                sample.prompt(), sample.response(), Words.number(sample.reward()), (int) Math.round(PERCENT * place));
    }
}
