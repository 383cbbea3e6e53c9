package dev.rlhf.driver.submit;

import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.learner.engine.PartedLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * This program as packages: its libraries, which change seldom, apart from its own code.
 *
 * <p>A jar too large for one package travels in parts, which are joined where the library in it is loaded ({@link PartedLibrary}).
 */
final class ProgramPackages {
    /** Entries of a jar in parts that are found on the class path all the same; what describes a library is small. */
    private static final long SMALL = 64 << 10;

    private final Path scratch;
    private final long mostBytes;
    private final List<JobPackage> packages = new ArrayList<>();
    private final StringBuilder parted = new StringBuilder();

    private ProgramPackages(Path scratch, long mostBytes) {
        this.scratch = scratch;
        this.mostBytes = mostBytes;
    }

    /**
     * Writes them.
     *
     * @param classPath jars and folders of classes of this process
     * @param scratch a folder for the zips
     * @param mostBytes most bytes of jars in a package
     */
    static List<JobPackage> write(List<Path> classPath, Path scratch, long mostBytes) throws IOException {
        return new ProgramPackages(scratch, mostBytes).write(classPath);
    }

    private List<JobPackage> write(List<Path> classPath) throws IOException {
        PackageBuilder own = PackageBuilder.storing();
        List<Path> libraries = new ArrayList<>();
        for (Path entry : classPath) {
            if (Files.isDirectory(entry)) {
                own.add("classes-" + classPath.indexOf(entry) + ".jar", jar(entry));
            } else if (Files.exists(entry) && name(entry).startsWith("rlhf-")) {
                own.add(name(entry), entry);
            } else if (Files.exists(entry)) {
                libraries.add(entry);
            }
        }
        libraries.sort(Comparator.comparing(ProgramPackages::name));
        addLibraries(libraries);
        if (!parted.isEmpty()) {
            own.add(PartedLibrary.INDEX, parted.toString());
        }
        packages.add(0, own.write(scratch));
        return packages;
    }

    private void addLibraries(List<Path> libraries) throws IOException {
        PackageBuilder open = PackageBuilder.storing();
        long bytes = 0;
        for (Path library : libraries) {
            long size = Files.size(library);
            if (size > mostBytes) {
                addInParts(library, size);
                continue;
            }
            if (bytes + size > mostBytes) {
                packages.add(open.write(scratch));
                open = PackageBuilder.storing();
                bytes = 0;
            }
            open.add(name(library), library);
            bytes += size;
        }
        if (!open.isEmpty()) {
            packages.add(open.write(scratch));
        }
    }

    private void addInParts(Path jar, long size) throws IOException {
        int parts = 0;
        for (long from = 0; from < size; from += mostBytes) {
            long first = from;
            PackageBuilder part = PackageBuilder.storing();
            part.add(PartedLibrary.part(name(jar), parts), out -> copy(jar, first, out));
            if (from == 0) {
                part.add("small-" + name(jar), smallEntries(jar));
            }
            packages.add(part.write(scratch));
            parts++;
        }
        parted.append(name(jar)).append(' ').append(parts).append('\n');
    }

    private void copy(Path file, long from, OutputStream out) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(from);
            byte[] buffer = new byte[1 << 16];
            long left = mostBytes;
            int read = in.read(buffer);
            while (read > 0 && left > 0) {
                int taken = (int) Math.min(read, left);
                out.write(buffer, 0, taken);
                left -= taken;
                read = left > 0 ? in.read(buffer) : 0;
            }
        }
    }

    private static PackageBuilder.Content smallEntries(Path jar) {
        return out -> {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                PackageBuilder small = PackageBuilder.compressing();
                List<? extends ZipEntry> entries = zip.stream()
                        .filter(entry -> !entry.isDirectory() && entry.getSize() <= SMALL)
                        .toList();
                for (ZipEntry entry : entries) {
                    small.add(entry.getName(), to -> zip.getInputStream(entry).transferTo(to));
                }
                small.writeTo(out);
            }
        };
    }

    private static PackageBuilder.Content jar(Path classes) throws IOException {
        PackageBuilder jar = PackageBuilder.compressing();
        for (Path file : DurableFiles.files(classes)) {
            jar.add(classes.relativize(file).toString(), file);
        }
        return jar::writeTo;
    }

    private static String name(Path jar) {
        return String.valueOf(jar.getFileName());
    }
}
