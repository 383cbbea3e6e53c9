package dev.rlhf.bench;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code docs/performance.md}: its tables come from a run, never from a hand. */
final class PerformancePage {
    private static final String BEGIN = "<!-- measured: begin -->";
    private static final String END = "<!-- measured: end -->";

    private PerformancePage() {}

    /** Replaces what stands between the page's marks. */
    static void write(Path page, Map<String, String> facts, List<Measurement> measured) {
        try {
            String text = Files.readString(page);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw RlhfException.user(page + " has no " + BEGIN + " … " + END);
            }
            Files.writeString(
                    page,
                    text.substring(0, begin + BEGIN.length()) + "\n" + tables(facts, measured) + text.substring(end));
        } catch (IOException e) {
            throw FileFault.unwritten(page, e);
        }
    }

    private static String tables(Map<String, String> facts, List<Measurement> measured) {
        StringBuilder text = new StringBuilder();
        text.append("Measured on ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(" with `make bench`.\n\n")
                .append("| what | ratio: median (least – most) | ratios | bar | goal | ours | peer |\n")
                .append("|---|---|---|---|---|---|---|\n");
        measured.forEach(measurement -> text.append(row(measurement)));
        text.append("\n| machine | |\n|---|---|\n");
        facts.forEach((name, value) ->
                text.append("| ").append(name).append(" | ").append(value).append(" |\n"));
        measured.stream()
                .map(Measurement::peer)
                .filter(peer -> !peer.isEmpty())
                .distinct()
                .forEach(peer -> text.append("| peer | ").append(peer).append(" |\n"));
        return text.toString();
    }

    private static String row(Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "| %s | **%.3f** (%.3f – %.3f) %s | %d | %s | %s | %s | %s |%n",
                measurement.name(),
                measurement.median(),
                Arrays.stream(measurement.ratios()).min().orElse(0),
                Arrays.stream(measurement.ratios()).max().orElse(0),
                measurement.holds() ? "" : "misses the bar",
                measurement.ratios().length,
                measurement.limit().map(Measurement.Limit::barWords).orElse("–"),
                measurement.limit().map(Measurement.Limit::goalWords).orElse("–"),
                measurement.ours(),
                measurement.peers().isEmpty() ? "–" : measurement.peers());
    }
}
