package dev.rlhf.driver.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The tests of this project, as pages name them.
 *
 * @param classes simple names of the classes
 * @param methods {@code Class.method} of each test
 */
record NamedTests(Set<String> classes, Set<String> methods) {
    private static final Pattern METHOD = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest)\\b(?:(?!\\bvoid\\b).)*?\\bvoid (\\w+)\\(", Pattern.DOTALL);

    /** Reads the sources of all modules. */
    static NamedTests read() throws IOException {
        Set<String> classes = new HashSet<>();
        Set<String> methods = new HashSet<>();
        try (Stream<Path> modules = Files.list(RlhfProcess.HOME)) {
            for (Path sources : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    for (Path file : tests(files)) {
                        String name = file.getFileName().toString().replace(".java", "");
                        classes.add(name);
                        METHOD.matcher(Files.readString(file))
                                .results()
                                .forEach(found -> methods.add(name + "." + found.group(1)));
                    }
                }
            }
        }
        return new NamedTests(classes, methods);
    }

    private static List<Path> tests(Stream<Path> files) {
        return files.filter(file -> file.toString().matches(".*(?:Test|IT)\\.java"))
                .toList();
    }
}
