package dev.rlhf.driver.submit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes zips of which equal content gives equal bytes: entries by name, no hour of writing. */
final class PackageBuilder {
    private static final LocalDateTime NO_HOUR = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final Map<String, Content> entries = new TreeMap<>();
    private final int level;

    private PackageBuilder(int level) {
        this.level = level;
    }

    /** What writes the bytes of an entry. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Of files that can be made smaller. */
    static PackageBuilder compressing() {
        return new PackageBuilder(Deflater.DEFAULT_COMPRESSION);
    }

    /** Of jars, which are compressed already. */
    static PackageBuilder storing() {
        return new PackageBuilder(Deflater.NO_COMPRESSION);
    }

    /** What it would write, by name. */
    Map<String, Content> entries() {
        return Collections.unmodifiableMap(entries);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    PackageBuilder add(String name, Content content) {
        entries.put(name, content);
        return this;
    }

    PackageBuilder add(String name, Path file) {
        return add(name, out -> Files.copy(file, out));
    }

    PackageBuilder add(String name, String text) {
        return add(name, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes the zip into a file of {@code folder} that is not there yet. */
    JobPackage write(Path folder) throws IOException {
        Path zip = Files.createTempFile(folder, "package", ".zip");
        try (OutputStream out = Files.newOutputStream(zip)) {
            writeTo(out);
        }
        return JobPackage.of(zip);
    }

    /** Writes the zip, a jar in another zip for example. */
    void writeTo(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        zip.setLevel(level);
        for (Map.Entry<String, Content> entry : entries.entrySet()) {
            ZipEntry named = new ZipEntry(entry.getKey());
            named.setTimeLocal(NO_HOUR);
            zip.putNextEntry(named);
            entry.getValue().writeTo(zip);
            zip.closeEntry();
        }
        zip.finish();
    }
}
