package dev.rlhf.driver.report;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.RunDirectory;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes {@code report.html}: one page about a run that needs nothing beside itself. */
public final class RunReport {
    private RunReport() {}

    /**
     * Writes the page of the run in {@code directory}, which may still be at work, and returns its path.
     *
     * @throws RlhfException USER when the directory holds no run; RESOURCE when a file cannot be read or written
     */
    public static Path write(Path directory) {
        RunDirectory files = new RunDirectory(directory.toAbsolutePath().normalize());
        Page page = new Page(RunReader.read(files), PageAssets.load());
        try {
            DurableFiles.write(files.report(), render(page).getBytes(StandardCharsets.UTF_8));
            return directory.resolve(files.report().getFileName());
        } catch (IOException e) {
            throw FileFault.unwritten(files.report(), e);
        }
    }

    /** The template escapes whatever comes from data. */
    private static String render(Page page) {
        TemplateEngine engine = TemplateEngine.createPrecompiled(
                null, ContentType.Html, RunReport.class.getClassLoader(), RunReport.class.getPackageName());
        StringOutput html = new StringOutput();
        engine.render("page.jte", page, html);
        return html.toString();
    }
}
