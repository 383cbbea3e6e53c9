package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every command of a shell block of a page is typed by a test, or stands with its reason among those that are not. */
class ShellBlocksTest {
    private static final Set<String> TYPED = Set.of("README.md", "docs/rewards.md", "docs/tutorial.md");

    @Test
    void everyCommandIsTypedOrHasAReason() throws IOException {
        List<UntypedCommand> untyped = UntypedCommand.all();
        List<String> gaps = new ArrayList<>();
        List<UntypedCommand> idle = new ArrayList<>(untyped);
        int commands = 0;
        for (Path file : pages()) {
            String page = RlhfProcess.HOME.relativize(file).toString();
            for (ShellBlock block : ShellBlock.of(file)) {
                for (String command : block.lines()) {
                    commands++;
                    boolean excused = idle.removeIf(one -> one.means(page, command))
                            || untyped.stream().anyMatch(one -> one.means(page, command));
                    if (!excused && !TYPED.contains(page)) {
                        gaps.add(page + ": " + command);
                    }
                }
            }
        }
        assertThat(gaps).as("typed by no test, and without a reason").isEmpty();
        assertThat(idle).as("reasons for nothing").isEmpty();
        assertThat(commands).isGreaterThan(60);
    }

    @Test
    void theTutorialIsTypedWhole() throws IOException {
        assertThat(UntypedCommand.all())
                .allSatisfy(one -> assertThat(one.page()).isNotEqualTo("docs/tutorial.md"));
    }

    @Test
    void whatDoesTheLikeIsThere() throws IOException {
        for (UntypedCommand one : UntypedCommand.all()) {
            assertThat(one.because()).as(one.begins()).hasSizeGreaterThan(10);
            if (one.instead().matches("\\w+")) {
                assertThat(NamedTests.read().classes()).as(one.begins()).contains(one.instead());
            } else {
                assertThat(RlhfProcess.HOME.resolve(one.instead()))
                        .as(one.begins())
                        .exists();
            }
        }
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(Stream.of("README.md", "CONTRIBUTING.md", "tools/cluster/README.md")
                .map(RlhfProcess.HOME::resolve)
                .toList());
        try (Stream<Path> files = Files.walk(RlhfProcess.HOME.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }
}
