package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real launcher in a project of its own, with stubs for java and Maven. */
class LauncherTest {
    private static final List<String> TOOLS = List.of("sh", "dirname", "sed", "find", "head", "grep", "mkdir", "flock");

    @TempDir
    Path folder;

    private Path project;
    private Path bin;

    /**
     * How the launcher ended.
     *
     * @param exitCode its exit code
     * @param printed what it and the stubs printed
     */
    private record Launched(int exitCode, String printed) {
        void assertRefused(String... fragments) {
            assertThat(exitCode).as(printed).isEqualTo(3);
            assertThat(printed.strip().lines().toList()).as("one line").hasSize(1);
            assertThat(printed).startsWith("rlhf: ").contains(fragments);
        }
    }

    @BeforeEach
    void makeProject() throws IOException {
        project = folder.resolve("project");
        Files.createDirectories(project.resolve("rlhf-driver/src/main"));
        Files.createDirectories(project.resolve("rlhf-driver/target"));
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.writeString(project.resolve("rlhf-driver/pom.xml"), "<project/>");
        Files.copy(RlhfProcess.HOME.resolve("rlhf"), project.resolve("rlhf"), StandardCopyOption.COPY_ATTRIBUTES);
        bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Files.createSymbolicLink(bin.resolve(tool), whereIs(tool));
        }
        script(project.resolve("mvnw"), "echo maven \"$@\"");
    }

    @Test
    void withoutJavaItSaysWhatToInstall() throws Exception {
        launch(Map.of()).assertRefused("there is no java on the PATH", "install a JDK, 17 or newer", "JAVA_HOME");
    }

    @Test
    void aWrongJavaHomeIsNamed() throws Exception {
        launch(Map.of("JAVA_HOME", folder.resolve("none").toString()))
                .assertRefused("JAVA_HOME is " + folder.resolve("none"), "no bin/java in it");
    }

    @Test
    void aJavaTooOldIsNamedWithItsVersion() throws Exception {
        for (String version : List.of("1.8", "11", "16", "")) {
            java(version, "jdk.compiler");
            launch(Map.of())
                    .assertRefused(
                            "java is version " + (version.isEmpty() ? "unknown" : version),
                            bin.resolve("java").toString(),
                            "needs a JDK, 17 or newer");
        }
    }

    @Test
    void aRuntimeWithoutCompilerCannotBuild() throws Exception {
        java("17", "java.base");
        launch(Map.of())
                .assertRefused(bin.resolve("java") + " is a runtime without a compiler", "install a JDK, 17 or newer");
    }

    @Test
    void aRuntimeWithoutCompilerRunsWhatIsBuilt() throws Exception {
        java("17", "java.base");
        Files.createFile(project.resolve("rlhf-driver/target/.built"));

        Launched launched = launch(Map.of(), "run", "a recipe.yaml");

        assertThat(launched.exitCode()).as(launched.printed()).isZero();
        assertThat(launched.printed()).contains("dev.rlhf.driver.command.Main|run|a recipe.yaml|");
    }

    @Test
    void whatIsInstalledWithoutItsProjectIsNeverBuilt() throws Exception {
        java("17", "java.base");
        Files.delete(project.resolve("pom.xml"));

        Launched launched = launch(Map.of(), "run", "a recipe.yaml");

        assertThat(launched.exitCode()).as(launched.printed()).isZero();
        assertThat(launched.printed().strip().lines())
                .as("nothing but Java's own words")
                .hasSize(1);
        assertThat(launched.printed()).contains("dev.rlhf.driver.command.Main|run|a recipe.yaml|");
    }

    @Test
    void aCopyWithoutSourcesRunsTheJarsThatItNames() throws Exception {
        java("17", "java.base");
        Files.writeString(project.resolve("class-path"), "../jars/a/*\n../jars/a\n");

        Launched launched = launch(Map.of(), "run");

        assertThat(launched.exitCode()).as(launched.printed()).isZero();
        assertThat(launched.printed())
                .contains("-cp|" + project + "/../jars/a/*:" + project + "/../jars/a|dev.rlhf.driver.command.Main|run|")
                .doesNotContain("maven", "building");
    }

    @Test
    void itBuildsOnFirstUseAndAfterAChangeOnly() throws Exception {
        java("25", "jdk.compiler");
        assertThat(launch(Map.of(), "run").printed()).contains("rlhf: building", "maven -q package", "Main|run|");
        assertThat(launch(Map.of(), "run").printed()).doesNotContain("maven").contains("Main|run|");

        Path source = project.resolve("rlhf-driver/src/main/Changed.java");
        Files.createFile(source);
        Files.setLastModifiedTime(
                project.resolve("rlhf-driver/target/.built"), Files.getLastModifiedTime(project.resolve("mvnw")));

        assertThat(launch(Map.of(), "run").printed()).contains("maven -q package", "Main|run|");
    }

    @Test
    void aFailedBuildIsSaid() throws Exception {
        java("17", "jdk.compiler");
        script(project.resolve("mvnw"), "echo no network; exit 1");

        Launched launched = launch(Map.of(), "run");

        assertThat(launched.exitCode()).isEqualTo(3);
        assertThat(launched.printed())
                .contains("no network", "rlhf: the build failed")
                .doesNotContain("Main");
    }

    private void java(String version, String module) throws IOException {
        script(bin.resolve("java"), """
                case $1 in
                    -XshowSettings*) echo '    java.specification.version = %s' >&2 ;;
                    --list-modules) echo '%s@17' ;;
                    *) printf '%%s|' "$@" ;;
                esac""".formatted(version, module));
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static Path whereIs(String tool) {
        return List.of("/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin").stream()
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this test needs " + tool));
    }

    private Launched launch(Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(project.resolve("rlhf").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Launched(process.exitValue(), printed);
    }
}
