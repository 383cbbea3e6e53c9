package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.config.Document;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Level;
import dev.rlhf.experiment.design.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
     * Reads the experiment. Settings of a part that {@code full} sets and that are set over it too are joined: full's first.
     *
     * @throws RlhfException USER naming file, line, key and what is allowed
     */
    public Experiment read() {
        Document document = Experiment.document(file, full);
        settings.forEach(setting -> document.set(setting.text(), setting.directory()));
        Experiment experiment = Experiment.of(file, document);
        return full ? joined(experiment) : experiment;
    }

    private Experiment joined(Experiment experiment) {
        Experiment large = Experiment.of(file, Experiment.document(file, true));
        Set<List<String>> byFull = keys(large.full().stream());
        Set<List<String>> set = keys(settings.stream().map(Setting::text));
        List<Part> parts = new ArrayList<>(experiment.parts());
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            List<List<String>> called = List.of(key(part.name()), key(String.valueOf(i)));
            if (called.stream().anyMatch(byFull::contains) && called.stream().anyMatch(set::contains)) {
                List<String> both = new ArrayList<>(large.part(part.name()).settings());
                both.addAll(part.settings());
                parts.set(i, new Part(part.name(), part.recipe(), part.factors(), both, part.seconds()));
            }
        }
        return experiment.with(parts);
    }

    private static List<String> key(String part) {
        return List.of("parts", part, "settings");
    }

    private static Set<List<String>> keys(Stream<String> lines) {
        return lines.map(line -> Document.steps(line.substring(0, Math.max(0, line.indexOf('=')))))
                .collect(Collectors.toSet());
    }

    /**
     * Names of the parts of which {@link Part#seconds} is to be believed: those that are as in the file without {@code full} and without
     * settings, or whose time was set too.
     */
    public Set<String> estimated(Experiment experiment) {
        Experiment plain = Experiment.of(file, Experiment.document(file, false));
        return experiment.parts().stream()
                .filter(part -> plain.parts().stream()
                        .anyMatch(other -> other.name().equals(part.name())
                                && (other.seconds() != part.seconds()
                                        || (other.settings().equals(part.settings())
                                                && levels(plain, other).containsAll(levels(experiment, part))))))
                .map(Part::name)
                .collect(Collectors.toSet());
    }

    private static List<Level> levels(Experiment experiment, Part part) {
        return part.factors().stream()
                .flatMap(name -> experiment.factor(name).levels().stream())
                .toList();
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
