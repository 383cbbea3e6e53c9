package dev.rlhf.driver.submit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.Seed;
import dev.rlhf.learner.engine.PartedLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in packages of a bounded size: what is in them, and that the same program gives the same. */
class ProgramPackagesTest {
    private static final long MOST = 1000;

    @TempDir
    private Path folder;

    private List<Path> classPath;
    private byte[] large;

    @BeforeEach
    void makeClassPath() throws IOException {
        Path classes = Files.createDirectories(folder.resolve("classes/dev"));
        Files.writeString(classes.resolve("Main.class"), "main");
        large = new PackageOf()
                .with("native/lib/pytorch.properties", "version=1".getBytes(StandardCharsets.UTF_8))
                .with("pytorch/lib.so", noise(70_000))
                .bytes();
        classPath = new ArrayList<>(List.of(folder.resolve("classes")));
        for (Map.Entry<String, byte[]> jar : Map.of(
                        "rlhf-core.jar",
                        noise(40),
                        "a.jar",
                        noise(600),
                        "b.jar",
                        noise(300),
                        "c.jar",
                        noise(500),
                        "large.jar",
                        large)
                .entrySet()) {
            classPath.add(Files.write(folder.resolve(jar.getKey()), jar.getValue()));
        }
        classPath.add(folder.resolve("missing.jar"));
    }

    @Test
    void everyJarIsInOnePackageAndALargeOneInParts() throws IOException {
        List<Map<String, byte[]>> packages = write(30_000);

        assertThat(packages.get(0)).containsOnlyKeys("classes-0.jar", "rlhf-core.jar", PartedLibrary.INDEX);
        assertThat(new String(packages.get(0).get(PartedLibrary.INDEX), StandardCharsets.UTF_8))
                .isEqualTo("large.jar 3\n");
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            byte[] part = packages.get(i + 1).get(PartedLibrary.part("large.jar", i));
            assertThat(part).hasSizeLessThanOrEqualTo(30_000);
            joined.write(part);
        }
        assertThat(joined.toByteArray()).isEqualTo(large);
        assertThat(packages.get(1)).containsKey("small-large.jar");
        assertThat(packages.get(4)).containsOnlyKeys("a.jar", "b.jar", "c.jar");
    }

    @Test
    void packagesAreFilledInTheOrderOfNames() throws IOException {
        classPath.removeIf(jar -> jar.endsWith("large.jar"));
        List<Map<String, byte[]>> packages = write(MOST);

        assertThat(packages).hasSize(3);
        assertThat(packages.get(1)).containsOnlyKeys("a.jar", "b.jar");
        assertThat(packages.get(2)).containsOnlyKeys("c.jar");
    }

    @Test
    void theSameProgramHasTheSamePackagesAndAnotherOneItsOwn() throws IOException {
        List<String> first = names();
        List<Path> turned = new ArrayList<>(classPath.subList(1, classPath.size()));
        Collections.reverse(turned);
        turned.add(0, classPath.get(0));
        classPath = turned;
        assertThat(names()).isEqualTo(first);

        Files.writeString(folder.resolve("classes/dev/Main.class"), "other");
        assertThat(names().get(0)).isNotEqualTo(first.get(0));
        assertThat(names().subList(1, first.size())).isEqualTo(first.subList(1, first.size()));
    }

    private List<String> names() throws IOException {
        return ProgramPackages.write(classPath, scratch(), MOST).stream()
                .map(JobPackage::name)
                .toList();
    }

    private List<Map<String, byte[]>> write(long most) throws IOException {
        List<Map<String, byte[]>> packages = new ArrayList<>();
        for (JobPackage one : ProgramPackages.write(classPath, scratch(), most)) {
            Map<String, byte[]> entries = new TreeMap<>();
            try (ZipFile zip = new ZipFile(one.file().toFile())) {
                for (ZipEntry entry : zip.stream().toList()) {
                    entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
                }
            }
            packages.add(entries);
        }
        return packages;
    }

    private Path scratch() throws IOException {
        return Files.createTempDirectory(folder, "scratch");
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Seed(length).random().nextBytes(noise);
        return noise;
    }

    /** A zip in memory. */
    private static final class PackageOf {
        private final PackageBuilder zip = PackageBuilder.compressing();

        PackageOf with(String name, byte[] bytes) {
            zip.add(name, out -> out.write(bytes));
            return this;
        }

        byte[] bytes() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            zip.writeTo(out);
            return out.toByteArray();
        }
    }
}
