package dev.rlhf.driver.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** {@code settings.json}: the settings made over a run's recipe, at its start and at every resume, in their order. */
final class SettingsFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SettingsFile() {}

    /** As a line of the file. */
    private record Line(String setting, String directory) {}

    /** The settings; none where a run has no such file. */
    static List<Setting> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Arrays.stream(JSON.readValue(file.toFile(), Line[].class))
                    .map(line -> new Setting(line.setting(), Path.of(line.directory())))
                    .toList();
        } catch (IOException broken) {
            throw RlhfException.user("cannot read " + file + "; put it back as the run wrote it");
        }
    }

    static byte[] bytes(List<Setting> settings) throws IOException {
        List<Line> lines = settings.stream()
                .map(setting -> new Line(setting.text(), setting.directory().toString()))
                .toList();
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(lines);
    }
}
