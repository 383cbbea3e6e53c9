package dev.rlhf.driver.submit;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * This program, as it stands here.
 *
 * @param home the project, with the launcher and the options of its virtual machine
 * @param classPath jars and folders of classes
 */
public record Program(Path home, List<Path> classPath) {
    /** Keeps its own copy of {@code classPath}. */
    public Program {
        classPath = List.copyOf(classPath);
    }

    /** The program of this process. */
    public static Program running(Path home) {
        return new Program(
                home,
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(Path::of)
                        .toList());
    }
}
