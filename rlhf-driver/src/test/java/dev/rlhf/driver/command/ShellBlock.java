package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A block of a page that shows what to type, and what is said to be printed then.
 *
 * @param page the page
 * @param commands lines of the shell
 * @param shown the block of text that follows in the page; empty for none
 */
record ShellBlock(Path page, String commands, String shown) {
    private static final Pattern FENCE = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    /** Where a shown line may have something else: what was left out, numbers, and the blanks of columns. */
    private static final Pattern OPEN = Pattern.compile("…|-?\\d[\\d.]*|\\s+");

    /** The shell blocks of a page, in its order. */
    static List<ShellBlock> of(Path page) throws IOException {
        List<ShellBlock> blocks = new ArrayList<>();
        Matcher fence = FENCE.matcher(Files.readString(page));
        while (fence.find()) {
            if (fence.group(1).equals("sh")) {
                blocks.add(new ShellBlock(page, fence.group(2), ""));
            } else if (fence.group(1).equals("text") && !blocks.isEmpty()) {
                ShellBlock last = blocks.remove(blocks.size() - 1);
                blocks.add(new ShellBlock(page, last.commands, last.shown + fence.group(2)));
            }
        }
        return blocks;
    }

    /** Its commands, one each; those of several lines whole, and without what follows as their input. */
    List<String> lines() {
        return commands.replaceAll("(?s)<< '(\\w+)'\n.*?\n\\1\n", "\n")
                .replace("\\\n", " ")
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** The same without some commands. */
    ShellBlock without(Predicate<String> left) {
        String kept =
                lines().stream().filter(left.negate()).map(line -> line + "\n").collect(Collectors.joining());
        return new ShellBlock(page, kept, shown);
    }

    /** Requires that each shown line was printed, one after the other; numbers may be others. */
    void assertShown(String printed) {
        String plain = COLOUR.matcher(printed).replaceAll("");
        int from = 0;
        for (String line : shown.lines().filter(line -> !line.equals("…")).toList()) {
            Matcher found = pattern(line).matcher(plain);
            assertThat(found.find(from))
                    .as("%s shows '%s' after\n%s, which printed\n%s", page.getFileName(), line, commands, plain)
                    .isTrue();
            from = found.end();
        }
    }

    private static Pattern pattern(String line) {
        StringBuilder pattern = new StringBuilder();
        Matcher open = OPEN.matcher(line);
        int from = 0;
        while (open.find()) {
            pattern.append(Pattern.quote(line.substring(from, open.start())));
            pattern.append(
                    switch (open.group().charAt(0)) {
                        case '…' -> ".*";
                        case ' ' -> " +";
                        default -> "-?[\\d.]+";
                    });
            from = open.end();
        }
        return Pattern.compile(
                pattern.append(Pattern.quote(line.substring(from))).toString());
    }
}
