package dev.rlhf.driver.observe;

import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.RlhfException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** All numbers of a run with their words. */
public final class Metrics {
    /** Every number, in the order in which they are explained. */
    public static final List<Metric> ALL = Vocabulary.ALL.metrics();

    private static final String PARTS = "reward_*";

    private Metrics() {}

    /**
     * One of several parts of a number.
     *
     * @param metric the number
     * @param name what the part is called, e.g. {@code exact-match}
     */
    public record Part(Metric metric, String name) {}

    /** What is known of a key of {@code metrics.jsonl}; empty for one that nobody has described. */
    public static Optional<Metric> of(String key) {
        return find(Metric::key, key);
    }

    /** A number that is described; throws BUG for another. */
    public static Metric known(String key) {
        return of(key).orElseThrow(() -> undescribed(key));
    }

    /** A number that only Prometheus gets; throws BUG for another. */
    static Metric exported(String name) {
        return find(Metric::name, name).orElseThrow(() -> undescribed(name));
    }

    /** What all parts of the reward have in common. */
    public static Metric rewardPart() {
        return known(PARTS);
    }

    /** The part that stands under {@code key}, e.g. {@code exact-match} of the reward; empty for a number of its own. */
    public static Optional<Part> partOf(String key) {
        return of(key).isPresent()
                ? Optional.empty()
                : ALL.stream()
                        .flatMap(metric -> metric.partUnder(key).map(name -> new Part(metric, name)).stream())
                        .findFirst();
    }

    /** The numbers of each chart of stages of a kind, in the order in which they are shown. */
    public static Collection<List<Metric>> charts(StageFamily family, String kind) {
        Map<String, List<Metric>> charts = new LinkedHashMap<>();
        ALL.stream()
                .filter(metric -> !metric.title().isEmpty() && isMeant(metric, family, kind))
                .forEach(metric -> charts.computeIfAbsent(metric.title(), title -> new ArrayList<>())
                        .add(metric));
        return charts.values();
    }

    /** What a number means to a kind goes before what it means to the kind's family. */
    private static boolean isMeant(Metric metric, StageFamily family, String kind) {
        String ofKind = metric.number() + "/" + kind;
        return metric.key().equals(metric.number())
                || metric.key().equals(ofKind)
                || (metric.key().equals(metric.number() + "/" + Constant.text(family))
                        && of(ofKind).isEmpty());
    }

    private static Optional<Metric> find(Function<Metric, String> name, String wanted) {
        return ALL.stream().filter(metric -> name.apply(metric).equals(wanted)).findFirst();
    }

    private static RlhfException undescribed(String number) {
        return RlhfException.bug("words.yaml does not describe the number " + number);
    }
}
