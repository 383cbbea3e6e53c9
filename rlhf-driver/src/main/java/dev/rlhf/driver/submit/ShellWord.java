package dev.rlhf.driver.submit;

import java.util.regex.Pattern;

/** A word of a command, as a shell takes it. */
public final class ShellWord {
    private static final Pattern PLAIN = Pattern.compile("[\\w./=:@%+-]+");

    private ShellWord() {}

    /** The word, in quotes where it needs them. */
    public static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
