package dev.rlhf.driver.report;

import dev.rlhf.core.base.Constant;
import dev.rlhf.driver.observe.Figures;
import dev.rlhf.experiment.design.Comparison;
import dev.rlhf.experiment.design.Comparison.Expectation;
import dev.rlhf.experiment.result.Finding;
import dev.rlhf.experiment.result.Finding.Standing;
import dev.rlhf.experiment.result.Findings;
import dev.rlhf.experiment.result.Results;
import dev.rlhf.experiment.statistics.Conclusion;
import dev.rlhf.experiment.statistics.Contrast;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What an experiment answers, in sentences that are computed from its findings alone. */
final class Answer {
    private static final int PAIR = 2;
    private static final double SMALLEST_P = 0.001;
    private static final double SMALL_P = 0.1;

    private final Results results;
    private final ExperimentWords words;
    private final int asked;

    Answer(Results results) {
        this.results = results;
        this.words = new ExperimentWords(results.experiment());
        this.asked = Findings.asked(results.experiment());
    }

    /**
     * What is said of one finding.
     *
     * @param text the words
     * @param standing how the theory stands beside it
     */
    record Sentence(String text, Standing standing) {
        /** Its place among the page's styles. */
        String mark() {
            return Constant.text(standing);
        }
    }

    /** How many comparisons came out which way, e.g. "Of 12 comparisons, 8 bear out what the theory says and 4 cannot tell." */
    String tally() {
        List<String> parts = new ArrayList<>();
        long borneOut = count(Standing.BORNE_OUT);
        long contradicted = count(Standing.CONTRADICTED);
        long cannotTell = results.findings().stream()
                .filter(finding -> finding.conclusion() == Conclusion.CANNOT_TELL)
                .count();
        long unasked = results.findings().size() - borneOut - contradicted - cannotTell;
        add(parts, borneOut, "bears out what the theory says", "bear out what the theory says");
        add(parts, contradicted, "contradicts it", "contradict it");
        add(
                parts,
                unasked,
                "shows a difference of which it says nothing",
                "show a difference of which it says nothing");
        add(parts, cannotTell, "cannot tell", "cannot tell");
        if (parts.isEmpty()) {
            return "No comparison could be made: no seed has every run that one needs.";
        }
        add(parts, asked - results.findings().size(), "could not be made", "could not be made");
        int last = parts.size() - 1;
        String all = last == 0 ? "" : String.join(", ", parts.subList(0, last)) + " and ";
        return "Of " + Figures.count(asked, "comparison") + ", " + all + parts.get(last) + ".";
    }

    private long count(Standing standing) {
        return results.findings().stream()
                .filter(finding -> finding.standing() == standing)
                .count();
    }

    private static void add(List<String> parts, long count, String one, String several) {
        if (count > 0) {
            parts.add(count + " " + (count == 1 ? one : several));
        }
    }

    /** A sentence or two for each finding, in the order of the comparisons, and one for each comparison without any. */
    List<Sentence> sentences() {
        return IntStream.range(0, results.experiment().comparisons().size())
                .boxed()
                .flatMap(i -> sentences(i).stream())
                .toList();
    }

    private List<Sentence> sentences(int comparison) {
        Comparison asked = results.experiment().comparisons().get(comparison);
        return Findings.combinations(results.experiment(), asked).stream()
                .map(levels -> results.findings().stream()
                        .filter(finding -> finding.comparison() == comparison
                                && finding.levels().equals(levels))
                        .map(finding -> new Sentence(sentence(finding), finding.standing()))
                        .findFirst()
                        .orElseGet(() -> new Sentence(nothing(asked, levels), Standing.OPEN)))
                .toList();
    }

    private String nothing(Comparison asked, Map<String, String> levels) {
        String place = words.levels(levels);
        return (place.isEmpty()
                        ? ExperimentWords.capital(subject(asked, ""))
                        : "At " + place + ": " + subject(asked, ""))
                + ": nothing can be said, since no seed has every run that this needs.";
    }

    /** What a finding says, with the numbers it says it by. */
    String sentence(Finding finding) {
        Comparison comparison = words.comparison(finding);
        boolean within = comparison.beside(results.experiment()).isPresent();
        String beginning = switch (finding.conclusion()) {
            case RISES -> subject(comparison, within ? "is higher" : "rises");
            case FALLS -> subject(comparison, within ? "is lower" : "falls");
            case CANNOT_TELL -> subject(comparison, "") + ": cannot tell";
        };
        String levels = words.levels(finding);
        return (levels.isEmpty() ? ExperimentWords.capital(beginning) : "At " + levels + ": " + beginning)
                + (finding.conclusion() == Conclusion.CANNOT_TELL ? "; " : ": ")
                + rise(finding)
                + " (" + String.join("; ", grounds(finding)) + ")."
                + theory(finding);
    }

    /** "reward, points, rises over β"; without a verb "reward, points, over β". */
    private String subject(Comparison comparison, String verb) {
        String measure = words.measure(comparison);
        String compared = comparison
                .beside(results.experiment())
                .filter(other -> !verb.isEmpty())
                .map(other -> "than " + other)
                .orElseGet(() -> words.compared(comparison));
        return measure + (measure.contains(",") ? ", " : " ") + (verb.isEmpty() ? "" : verb + " ") + compared;
    }

    private String rise(Finding finding) {
        Contrast contrast = finding.contrast();
        Comparison comparison = words.comparison(finding);
        return words.form(comparison).rise(contrast.slope(), contrast.low(), contrast.high())
                + ExperimentWords.unit(comparison);
    }

    private List<String> grounds(Finding finding) {
        Contrast contrast = finding.contrast();
        List<String> grounds = new ArrayList<>();
        if (Double.isNaN(contrast.low())) {
            grounds.add("no interval");
        } else {
            grounds.add("95 % interval "
                    + words.form(words.comparison(finding)).bounds(contrast.slope(), contrast.low(), contrast.high()));
        }
        if (!Double.isNaN(finding.adjusted())) {
            String after = asked > 1 ? " after Holm over " + Figures.count(asked, "comparison") : "";
            grounds.add("p " + (finding.adjusted() < SMALLEST_P ? "" : "= ") + probability(finding.adjusted()) + after);
        }
        int seeds = results.experiment().seeds().size();
        grounds.add((contrast.seeds() < seeds ? contrast.seeds() + " of " : "") + Figures.count(seeds, "seed"));
        if (finding.conclusion() == Conclusion.CANNOT_TELL && Double.isFinite(contrast.size())) {
            grounds.add(needed(finding));
        }
        if (finding.columns().size() > PAIR && finding.conclusion() != Conclusion.CANNOT_TELL) {
            String direction = finding.conclusion() == Conclusion.RISES ? "rise" : "fall";
            grounds.add(
                    "the means " + (contrast.monotone() ? "" : "do not ") + direction + " from each level to the next");
        }
        return grounds;
    }

    /** How many seeds would tell, among as many comparisons. */
    private String needed(Finding finding) {
        OptionalInt seeds = finding.contrast().seedsNeeded(Conclusion.LEVEL / asked);
        return seeds.isPresent()
                ? "if it is as it looks, " + Figures.count(seeds.getAsInt(), "seed") + " would tell"
                : "if it is as it looks, not even " + Figures.count(Contrast.MOST_SEEDS, "seed") + " would tell";
    }

    /** "0.53", "0.012", "< 0.001"; "–" where it is not known. */
    static String probability(double p) {
        if (Double.isNaN(p)) {
            return "–";
        }
        return p < SMALLEST_P ? "< 0.001" : String.format(Locale.ROOT, p < SMALL_P ? "%.3f" : "%.2f", p);
    }

    private static String theory(Finding finding) {
        if (finding.expect() == Expectation.NONE) {
            return "";
        }
        return switch (finding.standing()) {
            case BORNE_OUT -> " This bears out what the theory says.";
            case CONTRADICTED -> " This contradicts what the theory says.";
            case OPEN -> " The theory says that it " + expected(finding) + ".";
        };
    }

    /** What the theory says of a finding's measure. */
    static String expected(Finding finding) {
        return switch (finding.expect()) {
            case RISES -> "rises";
            case FALLS -> "falls";
            case NONE -> "–";
        };
    }
}
