package dev.rlhf.learner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library out of a jar in parts lies where DJL looks for it, byte for byte. */
class PartedLibraryTest {
    private static final int PARTS = 3;

    @TempDir
    private Path folder;

    private Path classPath;
    private Path cache;
    private byte[] library;

    @BeforeEach
    void makeParts() throws IOException {
        library = new byte[50_000];
        new Seed(1).random().nextBytes(library);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
            jar.putNextEntry(new ZipEntry("pytorch/cpu/linux-x86_64/"));
            jar.putNextEntry(new ZipEntry("pytorch/cpu/linux-x86_64/libtorch.so"));
            jar.write(library);
            jar.putNextEntry(new ZipEntry("META-INF/other"));
            jar.putNextEntry(new ZipEntry("pytorch/cpu/linux-x86_64/../../outside.so"));
            jar.putNextEntry(new ZipEntry("/outside.so"));
        }
        classPath = folder.resolve("classes");
        cache = folder.resolve("cache/pytorch");
        Files.createDirectories(classPath.resolve("parts"));
        Files.createDirectories(classPath.resolve("native/lib"));
        Files.writeString(
                classPath.resolve("native/lib/pytorch.properties"),
                "version=2.7.1-20250812\nflavor=cpu\nclassifier=linux-x86_64\nlibraries=libtorch.so\n");
        Files.writeString(classPath.resolve(PartedLibrary.INDEX), "native.jar " + PARTS + "\n");
        int length = bytes.size() / PARTS + 1;
        for (int i = 0; i < PARTS; i++) {
            Files.write(
                    classPath.resolve(PartedLibrary.part("native.jar", i)),
                    Arrays.copyOfRange(bytes.toByteArray(), i * length, Math.min(bytes.size(), (i + 1) * length)));
        }
    }

    @Test
    void itLiesInTheFolderOfItsVersion() throws IOException {
        join();
        join();

        assertThat(cache.resolve("2.7.1-20250812-cpu-linux-x86_64/libtorch.so")).hasBinaryContent(library);
        try (Stream<Path> left = Files.list(cache)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void anEntryThatLeadsOutOfTheFolderIsNotWritten() throws IOException {
        join();

        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all.map(Path::getFileName).map(Path::toString))
                    .contains("libtorch.so")
                    .doesNotContain("outside.so");
        }
    }

    @Test
    void aPartThatIsMissingIsNamedAndNothingHalfIsLeftInItsPlace() throws IOException {
        Files.delete(classPath.resolve(PartedLibrary.part("native.jar", 1)));

        assertThatThrownBy(this::join).hasMessageContaining("parts/native.jar.1 is not on the class path");
        assertThat(cache.resolve("2.7.1-20250812-cpu-linux-x86_64")).doesNotExist();
    }

    @Test
    void aClassPathWithoutPartsIsLeftAlone() throws IOException {
        Files.delete(classPath.resolve(PartedLibrary.INDEX));

        join();

        assertThat(cache).doesNotExist();
    }

    private void join() throws IOException {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classPath.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            PartedLibrary.join(loader, cache);
        }
    }
}
