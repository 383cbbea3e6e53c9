package dev.rlhf.driver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.learner.engine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorRecordTest {
    @TempDir
    private Path directory;

    @Test
    void anotherProcessorOrModeIsSaid() throws IOException {
        Path file = directory.resolve("processor.json");
        Processor here = Processor.here();
        assertThat(ProcessorRecord.keep(file)).isEmpty();
        assertThat(ProcessorRecord.keep(file)).isEmpty();
        String own = Files.readString(file);

        Files.writeString(file, own.replace(here.mode(), "COMPATIBLE"));
        assertThat(ProcessorRecord.keep(file)).get().asString().contains("COMPATIBLE", here.toString(), "bits");

        Files.writeString(file, own.replace(here.vectors(), "narrow"));
        assertThat(ProcessorRecord.keep(file)).get().asString().contains("narrow", here.toString());

        Files.writeString(
                file, "{\"model\":\"Some Xeon\",\"vendor\":\"GenuineIntel\",\"mode\":\"" + here.mode() + "\"}");
        assertThat(ProcessorRecord.keep(file)).get().asString().contains("Some Xeon", here.toString());
        assertThat(file).content().as("what the run began on stays recorded").contains("Some Xeon");
    }
}
