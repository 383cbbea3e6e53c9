package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The built-in list of English words, a selection of SCOWL; its licence stands beside it. */
public final class SpellingWords {
    private static final String FILE = "words.txt";

    private SpellingWords() {}

    /** All words in alphabetical order, each of 3 to 8 letters a to z. */
    public static List<String> load() {
        try (InputStream stream = SpellingWords.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw RlhfException.bug(FILE + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + FILE, e);
        }
    }
}
