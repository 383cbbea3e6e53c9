package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks for keys where none may stand.
 *
 * @param keys the keys; each is also looked for as a base64 of it begins
 */
record KeySearch(List<String> keys) {
    /** None of them is in a text. */
    void assertUntold(String text) {
        keys.stream().flatMap(KeySearch::forms).forEach(key -> assertThat(text).doesNotContain(key));
    }

    /** None of them is in any file below a folder. */
    void assertNotKept(Path directory) {
        keys.stream()
                .flatMap(KeySearch::forms)
                .forEach(key -> assertThat(files(directory, key))
                        .as("files of %s with a key", directory)
                        .isEmpty());
    }

    /** The files below a folder that hold these words; none where there is no folder. */
    static List<String> files(Path directory, String words) {
        List<String> found = new ArrayList<>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && text(file).contains(words)) {
                        found.add(directory.relativize(file).toString());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path gone, IOException reason) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.sort(found);
        return found;
    }

    /** Its bytes as letters, whatever they are; empty when it is gone. */
    static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static Stream<String> forms(String key) {
        byte[] whole = key.substring(0, key.length() - key.length() % 3).getBytes(StandardCharsets.US_ASCII);
        return Stream.of(key, Base64.getEncoder().encodeToString(whole));
    }
}
