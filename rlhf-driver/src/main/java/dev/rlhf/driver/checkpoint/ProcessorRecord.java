package dev.rlhf.driver.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.learner.engine.Processor;
import dev.rlhf.learner.files.JsonFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The processor a run began on, beside which only its kind can say whether a resumed run has the bits of an undisturbed one. */
public final class ProcessorRecord {
    private ProcessorRecord() {}

    /**
     * Writes the processor at hand where none is recorded.
     *
     * @return what to tell when another one is
     */
    public static Optional<String> keep(Path file) {
        Processor here = Processor.here();
        if (!Files.exists(file)) {
            write(file, here);
            return Optional.empty();
        }
        JsonNode json = JsonFile.read(file);
        Processor before = new Processor(
                json.path("model").asText(),
                json.path("vendor").asText(),
                json.path("vectors").asText(here.vectors()),
                json.path("mode").asText());
        return before.equals(here)
                ? Optional.empty()
                : Optional.of("the run began on " + before + " and goes on on " + here
                        + ": it is the same training, but the last bits may differ from an undisturbed run's");
    }

    private static void write(Path file, Processor processor) {
        JsonNode json = JsonNodeFactory.instance
                .objectNode()
                .put("model", processor.model())
                .put("vendor", processor.vendor())
                .put("vectors", processor.vectors())
                .put("mode", processor.mode())
                .put("cores", Runtime.getRuntime().availableProcessors());
        try {
            DurableFiles.write(file, json.toPrettyString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }
}
