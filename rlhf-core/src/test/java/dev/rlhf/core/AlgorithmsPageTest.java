package dev.rlhf.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.advantage.AdvantageEstimator;
import dev.rlhf.core.base.Block;
import dev.rlhf.core.select.Selector;
import dev.rlhf.core.update.KlController;
import dev.rlhf.core.update.KlEstimator;
import dev.rlhf.core.update.Objective;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/algorithms.md has a row for every algorithm there is. */
class AlgorithmsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "algorithms.md");
    private static final Path CLASSES = Path.of("target", "classes");
    private static final String SUFFIX = ".class";

    @ParameterizedTest
    @ValueSource(classes = {Objective.class, AdvantageEstimator.class, KlController.class, Selector.class})
    void everyAlgorithmHasARow(Class<?> port) throws IOException {
        String rows = rows();
        List<Class<?>> algorithms = classes().stream()
                .filter(port::isAssignableFrom)
                .filter(type -> !Modifier.isAbstract(type.getModifiers()))
                .toList();
        assertThat(algorithms).isNotEmpty().allSatisfy(type -> {
            assertThat(rows).contains("`" + type.getSimpleName() + "`");
            Block block = type.getAnnotation(Block.class);
            for (String kind : block == null ? new String[0] : block.kinds()) {
                assertThat(rows).contains("`" + kind + "`");
            }
        });
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

    private static List<Class<?>> classes() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files.map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.endsWith(SUFFIX) && !name.endsWith("-info" + SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .<Class<?>>map(name -> loaded(name.replace('/', '.')))
                    .toList();
        }
    }

    private static Class<?> loaded(String name) {
        try {
            return Class.forName(name, false, AlgorithmsPageTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
