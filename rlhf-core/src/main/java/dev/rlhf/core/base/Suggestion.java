package dev.rlhf.core.base;

import java.util.Collection;

/** The name somebody may have meant. */
public final class Suggestion {
    private Suggestion() {}

    /** "; did you mean x?" for the nearest of {@code names}, or nothing when none is near. */
    public static String of(String written, Collection<String> names) {
        int nearest = Math.max(2, written.length() / 3) + 1;
        String best = "";
        for (String name : names) {
            int distance = distance(written, name);
            if (distance < nearest) {
                nearest = distance;
                best = name;
            }
        }
        return best.isEmpty() ? "" : "; did you mean " + best + "?";
    }

    /** Levenshtein's distance: insertions, deletions and replacements of a character. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
