package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A shell in which the blocks of a page are typed one after the other, in a project that is this one but for its runs.
 *
 * <p>It has a network, processes and Ray's folder of its own, so that well-known ports are free and {@code ray stop} ends what was started
 * in it alone. A tenth of the quickstart's steps and pairs is in its recipe, for time.
 */
final class ShellSandbox {
    private static final String ENTER =
            "ip link set lo up && mkdir -p /tmp/ray && mount -t tmpfs none /tmp/ray && exec bash \"$0\"";

    private static final String PROBE = "ip link set lo up && mount -t tmpfs none /mnt";
    private static final String MARK = "@@ next block";
    private static final int PROBE_SECONDS = 20;

    /** What is made new in the project, and what the shell makes there. */
    private static final Set<String> OWN = Set.of("recipes", "runs", "target", ".git");

    private static final Set<String> FILES = Set.of("rlhf", "pom.xml", "Makefile", "mvnw");
    private static final Pattern AMOUNT =
            Pattern.compile("^( +(?:steps|pairs|held-out-pairs): )(\\d+)\\d$", Pattern.MULTILINE);

    private final Path folder;
    private final Path project;

    /** Makes the project in a folder; skips the test where nobody may make namespaces. */
    ShellSandbox(Path folder) throws IOException {
        assumeThat(canBe())
                .as("this machine lets nobody make namespaces of networks, processes and mounts, or has no ip")
                .isTrue();
        this.folder = folder;
        this.project = Files.createDirectory(folder.resolve("project"));
        try (Stream<Path> entries = Files.list(RlhfProcess.HOME)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (!OWN.contains(name) && (Files.isDirectory(entry) || FILES.contains(name))) {
                    Files.createSymbolicLink(project.resolve(name), entry);
                }
            }
        }
        Path recipes = Files.createDirectory(project.resolve("recipes"));
        try (Stream<Path> files = Files.list(RlhfProcess.HOME.resolve("recipes"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(
                        recipes.resolve(file.getFileName()),
                        AMOUNT.matcher(Files.readString(file)).replaceAll("$1$2"));
            }
        }
        // Last, as links are as new as they are made.
        RlhfProcess.markBuilt();
    }

    /** The project's folder. */
    Path project() {
        return project;
    }

    /** Types the blocks, requires that no command fails, and returns what each block printed. */
    List<String> type(List<ShellBlock> blocks, Duration longest) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("set -e\n");
        for (ShellBlock block : blocks) {
            script.append("echo '").append(MARK).append("'\n").append(block.commands());
        }
        Path file = Files.writeString(folder.resolve("typed.sh"), script);
        Path log = folder.resolve("typed.log");
        ProcessBuilder builder = new ProcessBuilder(inside(ENTER, file.toString()))
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().merge("PATH", System.getProperty("java.home") + "/bin", (path, own) -> own + ":" + path);
        builder.environment().remove("RAY_ADDRESS");
        Process shell = builder.start();
        try {
            boolean ended = shell.waitFor(longest.toSeconds(), TimeUnit.SECONDS);
            String printed = Files.readString(log);
            assertThat(ended)
                    .as("ended within %s; it printed\n%s", longest, printed)
                    .isTrue();
            assertThat(shell.exitValue()).as(printed).isZero();
            return List.of(printed.split(Pattern.quote(MARK) + "\n", -1)).subList(1, blocks.size() + 1);
        } finally {
            shell.destroyForcibly();
        }
    }

    private static boolean canBe() throws IOException {
        try {
            Process probe = new ProcessBuilder(inside(PROBE, "sh"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** All processes end with the first one. */
    private static List<String> inside(String commands, String argument) {
        List<String> command = new ArrayList<>(List.of("unshare"));
        if (!System.getProperty("user.name").equals("root")) {
            command.add("--map-root-user");
        }
        command.addAll(List.of("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"));
        command.addAll(List.of("sh", "-c", commands, argument));
        return command;
    }
}
