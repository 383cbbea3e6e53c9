package dev.rlhf.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.testing.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunInputsTest {
    @TempDir
    Path model;

    private final AtomicInteger read = new AtomicInteger();

    @BeforeEach
    void halfOfAModelIsThere() throws IOException {
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("notes.md"), "not read");
    }

    @Test
    void aFileThatComesWhileTheOthersAreReadIsReadToo() {
        assertThat(RunInputs.files(model, file -> {
                    if (read.getAndIncrement() == 0) {
                        Files.writeString(model.resolve("tokenizer.json"), "{}");
                    }
                    return "read";
                }))
                .isEqualTo(Map.of("config.json", "read", "tokenizer.json", "read"));
        assertThat(read).hasValue(3);
    }

    @Test
    void aFileThatGoesBeforeItIsReadIsLookedForAgain() {
        assertThat(RunInputs.files(model, file -> {
                    if (read.getAndIncrement() == 0) {
                        throw new NoSuchFileException(file.toString());
                    }
                    return "read";
                }))
                .isEqualTo(Map.of("config.json", "read"));
    }

    @Test
    void aDirectoryThatNeverRestsIsNoInput() {
        Failures.assertFails(
                () -> RunInputs.files(model, file -> {
                    if (file.endsWith("config.json")) {
                        Files.writeString(model.resolve(read.getAndIncrement() + ".json"), "{}");
                    }
                    return "read";
                }),
                ErrorKind.USER,
                "come and go");
    }
}
