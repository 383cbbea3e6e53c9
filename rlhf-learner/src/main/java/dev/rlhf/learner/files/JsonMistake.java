package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with a text that is not JSON, in words for those who wrote it. */
public final class JsonMistake {
    /** Notes of the parser on itself. */
    private static final Pattern INTERNALS = Pattern.compile(
            " \\(start marker at [^)]*\\)[^)]*\\)| \\(bound as .*|: not allowed as per .*", Pattern.DOTALL);

    private JsonMistake() {}

    /** E.g. {@code line 3, column 17: Unexpected end-of-input in VALUE_STRING}; a first line is not counted. */
    public static String describe(JsonProcessingException broken) {
        return place(broken.getLocation())
                + INTERNALS.matcher(broken.getOriginalMessage()).replaceAll("");
    }

    private static String place(@Nullable JsonLocation location) {
        if (location == null) {
            return "";
        }
        String line = location.getLineNr() > 1 ? "line " + location.getLineNr() + ", " : "";
        return line + "column " + location.getColumnNr() + ": ";
    }
}
