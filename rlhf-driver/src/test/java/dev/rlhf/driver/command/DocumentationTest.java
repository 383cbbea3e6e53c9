package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.rlhf.driver.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What pages say of the code is so: the classes and paths they name exist, the commands they show are taken. */
class DocumentationTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** `PolicyLoop`, `Objective.sum`, `LengthPenalty`; what has no small letter is a constant, a type of numbers or a variable. */
    private static final Pattern CLASS =
            Pattern.compile("([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:[.#]\\w+)?(?:\\(\\))?");

    /** A path from the root of the project; what a run writes begins otherwise. */
    private static final Pattern PATH = Pattern.compile(
            "(?:rlhf-[a-z]+|docs|tools|bench|recipes|config|helm|docker|deploy|\\.ci|\\.mvn)(?:/[\\w.-]+)*/?|\\./(?:rlhf|mvnw)");

    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern SPAN = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|interface|enum) ([A-Z]\\w*)");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT)\\.\\w+)`");
    /** What is no argument: comments, what the shell does with the output, what is optional. */
    private static final Pattern COMMENT = Pattern.compile("\\s+(?:#|[|>&]).*|\\[[^\\[\\]]*=[^\\[\\]]*]$");

    /** Classes of others that pages speak of. */
    private static final Set<String> OTHERS =
            Set.of("Optional", "GRPOTrainer", "DPOTrainer", "RewardTrainer", "LlamaForCausalLM");

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("docs"))) {
            Stream<Path> top = Stream.of("README.md", "CONTRIBUTING.md").map(HOME::resolve);
            return Stream.concat(top, files.filter(file -> file.toString().endsWith(".md")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void whatIsNamedExists(Path page) throws IOException {
        String prose = FENCE.matcher(Files.readString(page)).replaceAll("");
        Set<String> classes = classes();
        List<String> missing = new ArrayList<>();
        for (String span : found(SPAN, prose)) {
            Matcher type = CLASS.matcher(span);
            if (type.matches() && !classes.contains(type.group(1)) && !OTHERS.contains(type.group(1))) {
                missing.add("class " + span);
            }
            if (PATH.matcher(span).matches() && !Files.exists(HOME.resolve(span))) {
                missing.add("path " + span);
            }
        }
        for (String link : found(LINK, prose)) {
            if (!Files.exists(page.resolveSibling(link))) {
                missing.add("link " + link);
            }
        }
        assertThat(missing)
                .as("what %s names and is not there", page.getFileName())
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void commandsAreTaken(Path page) throws IOException {
        Set<String> targets = new TreeSet<>(
                found(Pattern.compile("^([a-z]+):", Pattern.MULTILINE), Files.readString(HOME.resolve("Makefile"))));
        for (String line : shell(Files.readString(page))) {
            List<String> words =
                    List.of(COMMENT.matcher(line).replaceAll("").strip().split("\\s+"));
            if (words.get(0).equals("make")) {
                assertThat(targets).as(line).contains(words.get(1));
            } else if (words.get(0).equals("./rlhf")) {
                assertThatCode(() -> take(words.subList(1, words.size())))
                        .as(line)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void whatThePageOfAddingAModelShowsIsInAFileThatItNames() throws IOException {
        Path page = HOME.resolve("docs/adding-a-model.md");
        String text = Files.readString(page);
        StringBuilder sources = new StringBuilder();
        for (String link : found(LINK, text)) {
            sources.append(Files.readString(page.resolveSibling(link)));
        }
        String there = sources.toString().replaceAll("\\s", "");
        List<String> shown = FENCE.matcher(text)
                .results()
                .filter(block -> !List.of("mermaid", "sh").contains(block.group(1)))
                .map(block -> block.group(2).replaceAll("\\s", ""))
                .toList();
        assertThat(shown).hasSize(4).allSatisfy(code -> assertThat(there).contains(code));
    }

    /** A claim of safety without a test that fails when it stops to hold is a wish. */
    @Test
    void everyRowOfWhatIsEnforcedNamesTestsThatExist() throws IOException {
        String page = Files.readString(HOME.resolve("docs/security.md"));
        String table = page.substring(page.indexOf("## What is enforced"), page.indexOf("## What is not enforced"));
        Map<String, String> tests = tests();
        List<String> rows =
                table.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
        assertThat(rows).hasSizeGreaterThan(15).allSatisfy(row -> {
            List<String> named = found(TEST, row);
            assertThat(named).isNotEmpty();
            assertThat(named).allSatisfy(test -> {
                String[] words = test.split("\\.", 2);
                assertThat(tests).containsKey(words[0]);
                assertThat(tests.get(words[0])).contains("void " + words[1] + "(");
            });
        });
    }

    private static Map<String, String> tests() throws IOException {
        Map<String, String> sources = new HashMap<>();
        for (Path file : sources()) {
            sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
        }
        return sources;
    }

    @Test
    void thePagesSayEnoughToBeTested() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path page : pages()) {
            all.append(Files.readString(page)).append('\n');
        }
        assertThat(shell(all.toString())).hasSizeGreaterThan(10);
        assertThat(found(SPAN, all.toString())).hasSizeGreaterThan(200).contains("PolicyLoop");
        assertThat(classes())
                .hasSizeGreaterThan(300)
                .contains("PolicyLoop", "Prepared")
                .doesNotContain("PolicyLop");
    }

    /** Reads a command as the command line does, settings of a recipe included; what only answers is asked. */
    private static void take(List<String> arguments) {
        new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments.toArray(String[]::new));
        if (arguments.get(0).equals("config")) {
            Invocation.of(arguments.toArray(String[]::new)).assertDone();
        }
        if (arguments.size() > 1 && arguments.get(1).startsWith("recipes/")) {
            List<String> settings = new ArrayList<>();
            for (int i = 0; i < arguments.size(); i++) {
                if (arguments.get(i).equals("--set")) {
                    settings.add(arguments.get(i + 1));
                }
            }
            Recipes.read(HOME.resolve(arguments.get(1)), settings);
        }
    }

    /** The lines of shell blocks. */
    private static List<String> shell(String page) {
        List<String> lines = new ArrayList<>();
        Matcher block = FENCE.matcher(page);
        while (block.find()) {
            if (block.group(1).equals("sh")) {
                Arrays.stream(block.group(2).split("\n"))
                        .filter(line -> !line.isBlank())
                        .forEach(lines::add);
            }
        }
        return lines;
    }

    /** Every type of every module, nested ones and those of tests included. */
    private static Set<String> classes() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : sources()) {
            names.addAll(found(TYPE, Files.readString(file)));
        }
        return names;
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> modules = Files.list(HOME)) {
            for (Path sources : modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.filter(one -> one.toString().endsWith(".java")).forEach(all::add);
                }
            }
        }
        return all;
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }
}
