package dev.rlhf.learner.files;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with a text that is not JSON, in words for those who wrote it. */
public final class JsonMistake {
    /** What the parser says, and what that means; {@code $1} is what it found. */
    private static final List<Mistake> MISTAKES = List.of(
            new Mistake("Duplicate field '(.*)'", "the key '$1' is there twice"),
            new Mistake("Unrecognized token '(.*?)'", "'$1' is no value; a text stands in double quotes"),
            new Mistake("Illegal unquoted character .*", "a text holds a control character; write a line break as \\n"),
            new Mistake("Unrecognized character escape '?(.).*", "\\$1 is no escape; write a backslash as \\\\"),
            new Mistake("Unexpected character \\(','.*", "',' stands where a value or a key must stand"),
            new Mistake("Unexpected character \\('(.)'.*", "'$1' stands where it must not"),
            new Mistake("Trailing token .*", "more stands after the end"),
            new Mistake("(?:Invalid numeric value|Non-standard token|.*out of range).*", "there is no such number"));

    private JsonMistake() {}

    private record Mistake(Pattern says, String means) {
        Mistake(String says, String means) {
            this(Pattern.compile(says + ".*", Pattern.DOTALL), means);
        }
    }

    /** E.g. {@code line 3, column 17: a quote, bracket or brace is not closed}; a first line is not counted. */
    public static String describe(JsonProcessingException broken) {
        return place(broken.getLocation()) + meaning(broken);
    }

    private static String meaning(JsonProcessingException broken) {
        if (broken instanceof JsonEOFException) {
            return "the end is missing: a quote, a bracket or a brace is not closed";
        }
        for (Mistake mistake : MISTAKES) {
            Matcher matcher = mistake.says().matcher(broken.getOriginalMessage());
            if (matcher.matches()) {
                String found = matcher.groupCount() > 0 ? matcher.group(1) : "";
                return mistake.means().replace("$1", found);
            }
        }
        return "something stands here that JSON does not have";
    }

    private static String place(@Nullable JsonLocation location) {
        if (location == null) {
            return "";
        }
        String line = location.getLineNr() > 1 ? "line " + location.getLineNr() + ", " : "";
        return line + "column " + location.getColumnNr() + ": ";
    }
}
