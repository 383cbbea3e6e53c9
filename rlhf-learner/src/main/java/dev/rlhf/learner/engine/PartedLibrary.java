package dev.rlhf.learner.engine;

import ai.djl.util.Utils;
import dev.rlhf.core.base.RlhfException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The native library out of a jar that lies on the class path in parts, as a Ray job has it: Ray's job server takes 100 MiB at once, and the
 * jar has more.
 *
 * <p>DJL takes a library that is in its cache before it looks for a jar, so that is where it is put. Several processes of a machine may do
 * so at once: the first whole one counts.
 */
public final class PartedLibrary {
    /** Resource with a line for each jar in parts: its name, a space, the number of parts. */
    public static final String INDEX = "parts/index";

    private static final String DESCRIPTION = "native/lib/pytorch.properties";
    private static final String GIVEN = "PYTORCH_LIBRARY_PATH";

    private PartedLibrary() {}

    /** Resource of a part of a jar, counted from 0. */
    public static String part(String jar, int index) {
        return "parts/" + jar + "." + index;
    }

    /** Puts the library into DJL's cache, where the class path has it in parts and no other one is given. */
    static void join() {
        if (Utils.getEnvOrSystemProperty(GIVEN) == null) {
            join(PartedLibrary.class.getClassLoader(), Utils.getEngineCacheDir("pytorch"));
        }
    }

    /** Puts the library that {@code loader} has in parts into {@code cache}; does nothing where it has none, or the cache has it already. */
    static void join(ClassLoader loader, Path cache) {
        if (loader.getResource(INDEX) == null) {
            return;
        }
        try {
            Properties library = new Properties();
            try (InputStream text = open(loader, DESCRIPTION)) {
                library.load(text);
            }
            String build = library.getProperty("flavor") + "-" + library.getProperty("classifier");
            Path target = cache.resolve(library.getProperty("version") + "-" + build);
            if (!Files.exists(target)) {
                Files.createDirectories(cache);
                Path aside = Files.createTempDirectory(cache, "joined");
                for (String jar : index(loader)) {
                    unpack(parts(loader, jar), "pytorch/" + build.replaceFirst("-", "/") + "/", aside);
                }
                publish(aside, target);
            }
        } catch (IOException refused) {
            throw RlhfException.resource("cannot unpack libtorch into " + cache + ": " + refused.getMessage(), refused);
        }
    }

    private static List<String> index(ClassLoader loader) throws IOException {
        try (InputStream text = open(loader, INDEX)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    /** The bytes of a jar, part after part. */
    private static InputStream parts(ClassLoader loader, String line) throws IOException {
        String[] words = line.split(" ", 2);
        List<InputStream> parts = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            parts.add(open(loader, part(words[0], i)));
        }
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private static void unpack(InputStream jar, String prefix, Path folder) throws IOException {
        try (ZipInputStream entries = new ZipInputStream(jar)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                String file =
                        entry.getName().startsWith(prefix) ? entry.getName().substring(prefix.length()) : "";
                if (!file.isEmpty() && !file.contains("/")) {
                    Files.copy(entries, folder.resolve(file));
                }
            }
        }
    }

    /** Gives the folder its name, unless another process was faster. */
    private static void publish(Path aside, Path target) throws IOException {
        try {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException taken) {
            if (!Files.isDirectory(target)) {
                throw taken;
            }
            try (Stream<Path> files = Files.list(aside)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(aside);
        }
    }

    private static InputStream open(ClassLoader loader, String resource) throws IOException {
        InputStream found = loader.getResourceAsStream(resource);
        if (found == null) {
            throw new FileNotFoundException(resource + " is not on the class path");
        }
        return found;
    }
}
