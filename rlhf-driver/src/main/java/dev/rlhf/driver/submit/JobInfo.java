package dev.rlhf.driver.submit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a cluster knows of a job.
 *
 * @param id its name in the cluster
 * @param state how far it is
 * @param message Ray's own words on it
 * @param exitCode of its driver; empty while it runs, and where there was none
 * @param out the run's directory as the nodes see it; empty for a job that somebody else submitted
 * @param resume the command by which the run goes on; empty likewise
 */
public record JobInfo(String id, JobState state, String message, OptionalInt exitCode, String out, String resume) {
    static final String OUT = "rlhf_out";
    static final String RESUME = "rlhf_resume";

    private static final Pattern IN_WORDS = Pattern.compile("failed with exit code (-?\\d+)");

    /** Reads an answer of {@code GET /api/jobs/ID}; throws TRANSIENT for one that is none. */
    static JobInfo read(String id, JsonNode answer) {
        String name = answer.path("status").asText("");
        JobState state = Arrays.stream(JobState.values())
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        RlhfException.transientFault("job " + id + " has the unknown state '" + name + "'", null));
        String message = answer.path("message").asText("");
        JsonNode metadata = answer.path("metadata");
        return new JobInfo(
                id,
                state,
                message,
                exitCode(answer.path("driver_exit_code"), message),
                metadata.path(OUT).asText(""),
                metadata.path(RESUME).asText(""));
    }

    /** The exit code in Ray's own words, which is all that some releases say of it, and all that KubeRay hands on. */
    static OptionalInt exitCode(String message) {
        Matcher words = IN_WORDS.matcher(message);
        return words.find() ? OptionalInt.of(Integer.parseInt(words.group(1))) : OptionalInt.empty();
    }

    private static OptionalInt exitCode(JsonNode number, String message) {
        return number.isInt() ? OptionalInt.of(number.intValue()) : exitCode(message);
    }
}
