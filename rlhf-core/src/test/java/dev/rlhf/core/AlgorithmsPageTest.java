package dev.rlhf.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Objective;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/algorithms.md names what there is, and all of it. */
class AlgorithmsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "algorithms.md");

    /** A class in backticks, or a constant of one; a recipe's kind begins with a small letter, a script has a slash. */
    private static final Pattern NAMED = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.([A-Z0-9]+))?`");

    @Test
    void everyClassNamedExists() throws IOException {
        Set<String> known = classes("target/classes", "target/test-classes").stream()
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
        Matcher named = NAMED.matcher(Files.readString(PAGE));
        Set<String> names = new LinkedHashSet<>();
        while (named.find()) {
            names.add(named.group(1));
            if (named.group(2) != null) {
                assertThat(named.group(1)).isEqualTo(KlEstimator.class.getSimpleName());
                assertThat(KlEstimator.values()).extracting(Enum::name).contains(named.group(2));
            }
        }
        assertThat(names).hasSizeGreaterThan(20).isSubsetOf(known);
    }

    @ParameterizedTest
    @ValueSource(classes = {Objective.class, AdvantageEstimator.class, KlController.class})
    void everyAlgorithmHasARow(Class<?> port) throws IOException {
        String rows = rows();
        List<Class<?>> algorithms = classes("target/classes").stream()
                .filter(port::isAssignableFrom)
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .toList();
        assertThat(algorithms)
                .isNotEmpty()
                .allSatisfy(type -> assertThat(rows).contains("`" + type.getSimpleName() + "`"));
    }

    @Test
    void everyKlEstimatorHasARow() throws IOException {
        String rows = rows();
        assertThat(KlEstimator.values())
                .allSatisfy(estimator -> assertThat(rows).contains("`KlEstimator." + estimator.name() + "`"));
    }

    private static String rows() throws IOException {
        return Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("|"))
                .collect(Collectors.joining("\n"));
    }

    /** All classes compiled into these folders. */
    private static List<Class<?>> classes(String... folders) throws IOException {
        List<Class<?>> classes = new ArrayList<>();
        for (String folder : folders) {
            Path root = Path.of(folder);
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".class")).toList()) {
                    String name = root.relativize(file).toString();
                    if (!name.endsWith("-info.class")) {
                        classes.add(loaded(name.substring(0, name.length() - ".class".length())
                                .replace('/', '.')));
                    }
                }
            }
        }
        return classes;
    }

    private static Class<?> loaded(String name) {
        try {
            return Class.forName(name, false, AlgorithmsPageTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
