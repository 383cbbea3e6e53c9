package dev.rlhf.driver.report;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.experiment.result.Results;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what an experiment came to: a page that needs nothing beside itself, its figures as files, and a summary in Markdown. */
public final class ExperimentReport {
    private static final String PAGE = "report.html";
    private static final String SUMMARY = "summary.md";

    private ExperimentReport() {}

    /**
     * Writes {@code report.html}, {@code figures/*.svg} and {@code summary.md}, the same bytes for the same results, and returns the
     * page's path.
     *
     * @param directory where to; made if it is not there
     * @param command the command that repeats the experiment
     * @throws RlhfException RESOURCE when a file cannot be written
     */
    public static Path write(Results results, Path directory, String command) {
        ExperimentPage page = ExperimentPage.of(results, command);
        List<ExperimentPage.Picture> pictures = new ArrayList<>(page.comparisons());
        pictures.addAll(page.curves());
        try {
            for (ExperimentPage.Picture picture : pictures) {
                write(directory.resolve(picture.figure().path()), picture.svg());
            }
            write(directory.resolve(SUMMARY), ExperimentSummary.of(page));
            write(directory.resolve(PAGE), render(page));
            return directory.resolve(PAGE);
        } catch (IOException e) {
            throw RlhfException.resource("cannot write the report to " + directory + ": " + FileFault.reason(e), e);
        }
    }

    /** What it came to, in lines for a console. */
    public static String answer(Results results) {
        Answer answer = new Answer(results);
        return Stream.concat(
                        Stream.of(answer.tally()), answer.sentences().stream().map(sentence -> "  " + sentence.text()))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            DurableFiles.createDirectories(folder);
        }
        DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The template escapes whatever comes from data. */
    private static String render(ExperimentPage page) {
        TemplateEngine engine = TemplateEngine.createPrecompiled(
                null,
                ContentType.Html,
                ExperimentReport.class.getClassLoader(),
                ExperimentReport.class.getPackageName());
        StringOutput html = new StringOutput();
        engine.render("experiment.jte", page, html);
        return html.toString();
    }
}
