package dev.rlhf.driver.report;

import dev.rlhf.driver.report.ExperimentPage.Table;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The report in Markdown: what a repository keeps of an experiment beside its figures. */
final class ExperimentSummary {
    private static final Pattern MARKS = Pattern.compile("[\\\\`*_\\[\\]<>|&]");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final ExperimentPage page;
    private final StringBuilder text = new StringBuilder();

    private ExperimentSummary(ExperimentPage page) {
        this.page = page;
    }

    static String of(ExperimentPage page) {
        return new ExperimentSummary(page).write();
    }

    private String write() {
        line("# " + plain(page.experiment().name()));
        line("**" + plain(page.experiment().question()) + "**");
        heading("What the theory says");
        line(plain(page.experiment().claim()));
        heading("What the runs say");
        line(plain(page.answer().tally()));
        list(page.answer().sentences().stream().map(Answer.Sentence::text).toList());
        list(page.failures());
        list(page.results().remarks());
        heading("Figures");
        page.comparisons().forEach(picture -> figure(picture.figure()));
        page.curves().forEach(picture -> figure(picture.figure()));
        heading("Set-up");
        line(page.facts().stream()
                        .map(fact -> plain(fact.name()) + ": " + plain(fact.value()))
                        .collect(Collectors.joining("; "))
                + ".");
        table(page.parts());
        table(page.factors());
        heading("All findings");
        line(plain(ExperimentPage.METHOD));
        table(page.findings());
        heading("What would overturn this");
        line(plain(page.experiment().overturn()));
        heading("To repeat it");
        line("```\n" + page.command().replace("```", "` ` `") + "\n```");
        table(new Table(
                "",
                List.of("input", "SHA-256"),
                page.inputs().entrySet().stream()
                        .map(input -> List.of(input.getKey(), input.getValue()))
                        .toList()));
        return text.toString().strip() + "\n";
    }

    private void heading(String words) {
        line("## " + words);
    }

    private void line(String words) {
        text.append(words).append("\n\n");
    }

    private void list(List<String> sentences) {
        sentences.forEach(sentence -> text.append("* ").append(plain(sentence)).append('\n'));
        text.append(sentences.isEmpty() ? "" : "\n");
    }

    private void figure(Figure figure) {
        line("### " + plain(figure.title()));
        line("![" + plain(figure.title()) + "](" + figure.path() + ")");
        line(plain(figure.words()));
    }

    private void table(Table table) {
        if (table.rows().isEmpty()) {
            return;
        }
        row(table.heads());
        row(Collections.nCopies(table.heads().size(), "---"));
        table.rows().forEach(row -> row(row));
        text.append('\n');
    }

    private void row(List<String> cells) {
        text.append(cells.stream()
                        .map(cell -> cell.lines().map(ExperimentSummary::plain).collect(Collectors.joining("<br>")))
                        .collect(Collectors.joining(" | ", "| ", " |")))
                .append('\n');
    }

    /** A text in one line whose marks are no Markdown's. */
    private static String plain(String words) {
        return MARKS.matcher(SPACE.matcher(words.strip()).replaceAll(" ")).replaceAll("\\\\$0");
    }
}
