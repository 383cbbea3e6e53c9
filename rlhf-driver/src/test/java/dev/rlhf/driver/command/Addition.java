package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A section of docs/adding.md: its files, the lines it puts into files that are there, and how it is used.
 *
 * @param folder where everything is written
 * @param section its text
 */
record Addition(Path folder, String section) {
    private static final Path HOME = Path.of("..");
    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final String RESOURCES = "/src/main/resources/";
    private static final Pattern FILE = Pattern.compile("```java\n// (\\S+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile("```diff\n# (\\S+)\n-(.*)\n((?:\\+.*\n)+)```");
    private static final Pattern RECIPE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    /** A section by its title. */
    static Addition of(Path folder, String title) throws IOException {
        String page = Files.readString(HOME.resolve("docs/adding.md"));
        int begin = page.indexOf("\n## " + title + "\n");
        assertThat(begin).as("the section %s of docs/adding.md", title).isNotNegative();
        int end = page.indexOf("\n## ", begin + 1);
        return new Addition(folder, page.substring(begin, end < 0 ? page.length() : end));
    }

    /** How it is used in a recipe. */
    String recipe() {
        return first(RECIPE).group(1);
    }

    /** Writes and compiles its files and the files that its lines change; asserts that this is all it takes. */
    void compile() throws IOException {
        assertThat(compiled(file -> true)).as("what javac says").isEmpty();
    }

    /** What the compiler says when the lines in some files are forgotten. */
    String compileWithout(String files) throws IOException {
        return compiled(file -> !file.endsWith(files));
    }

    /** Runs every test that it brings along, against what was compiled. */
    void test() throws IOException {
        List<Path> tests = written("src/test");
        assertThat(tests).isNotEmpty();
        Path classes = Files.createDirectories(folder.resolve("test-classes"));
        String sources = HOME.resolve("rlhf-core/src/test/java").toString();
        assertThat(javac(tests, List.of("-sourcepath", sources, "-d", classes.toString())))
                .as("what javac says")
                .isEmpty();
        for (Path test : tests) {
            test(name(test));
        }
    }

    /** Runs a test against what was compiled. */
    void test(String name) throws IOException {
        List<URL> places = new ArrayList<>();
        String before = folder.resolve("test-classes") + File.pathSeparator + classPath();
        for (String place : List.of(before.split(File.pathSeparator, -1))) {
            places.add(Path.of(place).toUri().toURL());
        }
        // Only a loader of its own has the changed files instead of ours.
        try (URLClassLoader own =
                new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            run(own.loadClass(name));
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new AssertionError(e);
        }
    }

    /** The class path that has it. */
    String classPath() {
        return folder.resolve("classes") + File.pathSeparator + CLASS_PATH;
    }

    private String compiled(Predicate<String> lines) throws IOException {
        List<Path> sources = new ArrayList<>(written("src/main"));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        for (Map.Entry<String, String> changed : changed().entrySet()) {
            if (lines.test(changed.getKey()) && changed.getKey().contains(RESOURCES)) {
                Path resource = classes.resolve(
                        changed.getKey().substring(changed.getKey().indexOf(RESOURCES) + RESOURCES.length()));
                Files.createDirectories(resource.getParent());
                Files.writeString(resource, changed.getValue());
            } else if (lines.test(changed.getKey())) {
                sources.add(write(changed.getKey(), changed.getValue()));
            }
        }
        return javac(sources, List.of("-d", classes.toString()));
    }

    private String javac(List<Path> sources, List<String> more) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options = new ArrayList<>(List.of("-proc:none", "-parameters", "-cp", classPath()));
        options.addAll(more);
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            compiler.getTask(said, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return said.toString();
    }

    /** The files of the section below a folder of a module, written. */
    private List<Path> written(String below) throws IOException {
        List<Path> files = new ArrayList<>();
        Matcher file = FILE.matcher(section);
        while (file.find()) {
            if (file.group(1).contains("/" + below + "/")) {
                files.add(write(file.group(1), file.group(2)));
            }
        }
        return files;
    }

    /** The files that its lines change, as they then are. */
    private Map<String, String> changed() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        Matcher line = LINE.matcher(section);
        while (line.find()) {
            String name = line.group(1);
            String text = files.containsKey(name) ? files.get(name) : Files.readString(HOME.resolve(name));
            assertThat(text.split(Pattern.quote(line.group(2)), -1))
                    .as("places in %s that read %s", name, line.group(2))
                    .hasSize(2);
            String put = line.group(3).strip().substring(1).replace("\n+", "\n");
            files.put(name, text.replace(line.group(2), put));
        }
        return files;
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve("sources").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Matcher first(Pattern block) {
        Matcher found = block.matcher(section);
        assertThat(found.find()).as("a block %s in %s", block, section).isTrue();
        return found;
    }

    private static String name(Path source) {
        String path = source.toString();
        return path.substring(path.indexOf("/java/") + "/java/".length(), path.length() - ".java".length())
                .replace('/', '.');
    }

    private static void run(Class<?> type) throws ReflectiveOperationException {
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        int count = 0;
        for (Method method : type.getDeclaredMethods()) {
            for (Annotation annotation : method.getAnnotations()) {
                if (annotation.annotationType().getSimpleName().equals("Test")) {
                    method.setAccessible(true);
                    invoke(method, constructor.newInstance());
                    count++;
                }
            }
        }
        assertThat(count).as("tests of %s", type).isPositive();
    }

    private static void invoke(Method method, Object test) throws IllegalAccessException {
        try {
            method.invoke(test);
        } catch (InvocationTargetException failed) {
            throw new AssertionError(method + " failed: " + failed.getCause(), failed.getCause());
        }
    }
}
