package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.config.Document;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.experiment.design.Experiment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file of an experiment and all that was ever set over it, which its directory remembers.
 *
 * @param name the experiment or its file as the user called it
 * @param file the file
 * @param full whether its settings for real hardware hold
 * @param settings settings over the file, in their order
 */
public record ExperimentSource(String name, Path file, boolean full, List<Setting> settings) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Makes the path absolute and keeps its own copy. */
    public ExperimentSource {
        file = file.toAbsolutePath();
        settings = List.copyOf(settings);
    }

    /** As in the file. */
    private record Kept(String name, String file, boolean full, List<Line> settings) {}

    /** A setting in the file. */
    private record Line(String setting, String directory) {}

    /** What the experiment in a directory was read from; empty where it does not say. */
    public static Optional<ExperimentSource> of(Path directory) {
        Path kept = new ExperimentDirectory(directory).source();
        if (!Files.exists(kept)) {
            return Optional.empty();
        }
        try {
            Kept source = JSON.readValue(kept.toFile(), Kept.class);
            return Optional.of(new ExperimentSource(
                    source.name(),
                    Path.of(source.file()),
                    source.full(),
                    source.settings().stream()
                            .map(line -> new Setting(line.setting(), Path.of(line.directory())))
                            .toList()));
        } catch (IOException broken) {
            throw RlhfException.user("cannot read " + kept + "; put it back as the experiment wrote it");
        }
    }

    /** The same with more settings over those there are. */
    public ExperimentSource with(boolean alsoFull, List<Setting> more) {
        return new ExperimentSource(
                name,
                file,
                full || alsoFull,
                Stream.concat(settings.stream(), more.stream()).toList());
    }

    /**
     * Reads the experiment.
     *
     * @throws RlhfException USER naming file, line, key and what is allowed
     */
    public Experiment read() {
        Document document = Experiment.document(file, full);
        settings.forEach(setting -> document.set(setting.text(), setting.directory()));
        return Experiment.of(file, document);
    }

    void keep(ExperimentDirectory directory) throws IOException {
        List<Line> lines = settings.stream()
                .map(setting -> new Line(setting.text(), setting.directory().toString()))
                .toList();
        DurableFiles.write(
                directory.source(),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(new Kept(name, file.toString(), full, lines)));
    }
}
