package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.reward.RewardKind;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a user's class as the documentation says, and packs it.
 *
 * @param folder where everything is written
 */
record JarBuilder(Path folder) {
    private static final String SERVICES = "META-INF/services/" + RewardKind.class.getName();

    /** The compiled classes of a source, by their names in a jar. */
    Map<String, byte[]> compile(String simpleName, String source) {
        try {
            Path file = Files.writeString(folder.resolve(simpleName + ".java"), source);
            Path classes = folder.resolve("classes-" + simpleName);
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            String classPath = Stream.of(RewardKind.class, Nullable.class)
                    .map(JarBuilder::origin)
                    .collect(Collectors.joining(File.pathSeparator));
            int exitCode = compiler.run(
                    null,
                    null,
                    null,
                    "-Xlint:all",
                    "-Werror",
                    "-cp",
                    classPath,
                    "-d",
                    classes.toString(),
                    file.toString());
            assertThat(exitCode).as("javac").isZero();
            Map<String, byte[]> found = new TreeMap<>();
            try (Stream<Path> paths = Files.walk(classes)) {
                for (Path path : paths.filter(Files::isRegularFile).toList()) {
                    found.put(classes.relativize(path).toString(), Files.readAllBytes(path));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A jar of classes whose services file names {@code providers}; without one where there are none. */
    Path jar(String name, Map<String, byte[]> classes, String... providers) {
        Map<String, byte[]> entries = new TreeMap<>(classes);
        if (providers.length > 0) {
            entries.put(SERVICES, String.join("\n", List.of(providers)).getBytes(StandardCharsets.UTF_8));
        }
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(entry.getKey()));
                out.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static String origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
