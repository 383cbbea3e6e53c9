package dev.rlhf.driver.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.testing.ray.FakeJobServer.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Answers of a real cluster of Ray 2.60.0 to {@code GET /api/jobs/ID}, as they came. */
final class RecordedJob {
    static final String ID = "rlhf-small-20261126-120000";

    private static final ObjectMapper JSON = new ObjectMapper();

    private RecordedJob() {}

    /** The answer of that name, e.g. {@code failed-3}. */
    static Answer answer(String name) {
        return Answer.of(text(name));
    }

    /** What is read of it. */
    static JobInfo info(String name) {
        try {
            return JobInfo.read(ID, JSON.readTree(text(name)));
        } catch (JsonProcessingException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** An answer of {@code GET /api/jobs/ID/logs}. */
    static Answer log(String text) {
        return Answer.of(JSON.createObjectNode().put("logs", text).toString());
    }

    private static String text(String name) {
        try (InputStream file = RecordedJob.class.getResourceAsStream("job-" + name + ".json")) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
