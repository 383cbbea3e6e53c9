package dev.rlhf.driver.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Code that stands in a page of {@code docs/}, so that what is shown is what is run. */
final class DocumentedCode {
    private DocumentedCode() {}

    /** The first block of a language in a page. */
    static String of(String page, String language) {
        String text = read(Path.of("..", "docs", page));
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
        if (!block.find()) {
            throw new AssertionError("docs/" + page + " has no block of " + language);
        }
        return block.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
