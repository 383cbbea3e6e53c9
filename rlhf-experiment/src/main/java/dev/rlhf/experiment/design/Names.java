package dev.rlhf.experiment.design;

import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What names of parts, factors and levels must be like. */
final class Names {
    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.+_=]*(-[A-Za-z0-9.+_=]+)*");

    private Names() {}

    /** Throws USER unless {@code name} can name a directory. */
    static void requireFit(String name, String key) {
        KeyException.require(
                FIT.matcher(name).matches(),
                key,
                "must be letters, digits and . + _ = - (no two dashes in a row), since it names a directory, not '"
                        + name + "'");
    }

    /** Throws USER naming the first name that occurs twice. */
    static void requireDistinct(List<String> names, String key) {
        Set<String> seen = new HashSet<>();
        names.forEach(name ->
                KeyException.require(seen.add(name), key, "has two of the name '" + name + "'; rename one of them"));
    }

    /** The complaint that there is no {@code what} called {@code name}. */
    static RlhfException unknown(String what, String name, List<String> known) {
        return RlhfException.user("there is no " + what + " called '" + name + "'" + Suggestion.of(name, known)
                + " (there are: " + String.join(", ", known) + ")");
    }
}
