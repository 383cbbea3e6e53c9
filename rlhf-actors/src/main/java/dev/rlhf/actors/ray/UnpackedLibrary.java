package dev.rlhf.actors.ray;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The native library that each driver unpacks, 40 MB in a folder of its own; Ray never removes it. */
final class UnpackedLibrary {
    private static final Logger LOG = System.getLogger(UnpackedLibrary.class.getName());
    private static final Path PARENT = Path.of("/tmp/ray");
    private static final String FILE = "/libcore_worker_library_java.so";

    private UnpackedLibrary() {}

    /** Removes the copy this process has loaded; Linux keeps what is mapped until the process ends. */
    static void remove() {
        try {
            for (Path folder : folders()) {
                for (String name : List.of(FILE.substring(1), "file_lock")) {
                    Files.deleteIfExists(folder.resolve(name));
                }
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Ray''s unpacked library stays in {0}: {1}", PARENT, e.getMessage());
        }
    }

    private static List<Path> folders() throws IOException {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            return mapped.filter(line -> line.endsWith(FILE))
                    .map(line -> Path.of(line.substring(line.indexOf('/'), line.length() - FILE.length())))
                    .distinct()
                    .filter(folder -> PARENT.equals(folder.getParent()))
                    .toList();
        }
    }
}
