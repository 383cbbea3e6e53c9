package dev.rlhf.actors.ray;

import io.ray.api.Ray;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The system properties from which Ray's Java runtime reads what a job is. */
final class JobProperties {
    /** Packages that Ray's serializer must look into. */
    private static final List<String> OPENED = List.of(
            "java.lang",
            "java.math",
            "java.net",
            "java.text",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic");

    private JobProperties() {}

    /** Describes {@code job} on {@code cluster} to the runtime that is started next in this process. */
    static void set(RayJob job, RayCluster cluster) {
        System.setProperty("ray.address", cluster.address());
        System.setProperty("ray.node-ip", cluster.node());
        System.setProperty("ray.job.code-search-path", wheelJar().toString());
        List<String> options = workerOptions(job);
        for (int i = 0; i < options.size(); i++) {
            System.setProperty("ray.job.jvm-options." + i, options.get(i));
        }
    }

    private static List<String> workerOptions(RayJob job) {
        List<String> options = new ArrayList<>();
        OPENED.forEach(name -> options.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        // As this process was started, but for its heap.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:")
                        || option.startsWith("-Djava.awt.headless=")
                        || option.startsWith("--enable-native-access="))
                .forEach(options::add);
        options.add("-Xmx" + job.workerHeapMib() + "m");
        // Given after Ray's own class path, so that it counts: our libraries first, Ray's old copies of some of them
        // last.
        options.add("-cp");
        options.add(classPath());
        return options;
    }

    private static String classPath() {
        Path wheel = wheelJar();
        return Stream.concat(
                        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                                .filter(entry -> !entry.equals(wheel)),
                        Stream.of(wheel))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path wheelJar() {
        return Path.of(
                Ray.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }
}
