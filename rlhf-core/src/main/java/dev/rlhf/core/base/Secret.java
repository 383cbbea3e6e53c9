package dev.rlhf.core.base;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Keys and tokens, which the environment holds by itself or in a file that it names: {@code X}, or {@code X_FILE}.
 *
 * <p>They stand nowhere else: a recipe names the variable, and arguments of a process can be read by every user of its machine.
 */
public final class Secret {
    /** What a variable that names a file ends with. */
    public static final String FILE = "_FILE";

    private static final int MOST_BYTES = 64 << 10;

    private Secret() {}

    /**
     * What this process' environment holds under a name.
     *
     * @return empty when neither variable is there, or the one is blank
     * @throws RlhfException USER naming the variable when both are there, the file cannot be read, or its text fits into no HTTP header
     */
    public static Optional<String> of(String variable) {
        return of(variable, System.getenv());
    }

    /** As {@link #of(String)}, of another environment. */
    public static Optional<String> of(String variable, Map<String, String> environment) {
        String value = environment.getOrDefault(variable, "");
        String file = environment.getOrDefault(variable + FILE, "");
        if (!value.isBlank() && !file.isBlank()) {
            throw RlhfException.user(
                    "both " + variable + " and " + variable + FILE + " are set; leave one of them out");
        }
        if (!file.isBlank()) {
            return Optional.of(requireHeader(variable + FILE, read(variable + FILE, Path.of(file))));
        }
        return value.isBlank() ? Optional.empty() : Optional.of(requireHeader(variable, value.strip()));
    }

    /** A file ends with a line break as a rule, which is no part of a key. */
    private static String read(String variable, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw RlhfException.user(variable + ": " + file + " has more than " + MOST_BYTES + " bytes");
            }
            return Files.readString(file).strip();
        } catch (MalformedInputException binary) {
            throw RlhfException.user(variable + ": " + file + " is no text of UTF-8");
        } catch (IOException missing) {
            throw RlhfException.user(variable + ": cannot read " + file);
        }
    }

    /** An HTTP client's own complaint would tell the key. */
    private static String requireHeader(String variable, String key) {
        if (key.isEmpty()) {
            throw RlhfException.user(variable + ": there is no key in it");
        }
        if (!key.chars().allMatch(letter -> letter > ' ' && letter < 0x7f)) {
            throw RlhfException.user(variable
                    + " holds a blank, a line break or a letter beyond ASCII, which no key sent over HTTP has");
        }
        return key;
    }
}
