package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every failure that docs/operations.md tells of was tried: its row names tests, or a part of the end-to-end check, that are there. */
class FailureTableTest {
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final String END_TO_END = "tools/cluster/end-to-end ";
    private static final int COLUMNS = 6;

    @Test
    void everyRowNamesWhatShowsIt() throws IOException {
        NamedTests tests = NamedTests.read();
        List<List<String>> rows = rows();
        assertThat(rows).hasSizeGreaterThan(25);
        for (List<String> row : rows) {
            String failure = row.get(0);
            assertThat(row).as(failure).hasSize(COLUMNS).noneMatch(String::isBlank);
            List<String> shown = SPAN.matcher(row.get(COLUMNS - 1))
                    .results()
                    .map((MatchResult found) -> found.group(1))
                    .toList();
            assertThat(shown).as(failure).isNotEmpty().allSatisfy(one -> {
                if (one.startsWith(END_TO_END)) {
                    String part = one.substring(END_TO_END.length());
                    assertThat(RlhfProcess.HOME.resolve("tools/cluster/deployment/" + part + ".sh"))
                            .exists();
                } else {
                    assertThat(tests.methods()).contains(one);
                }
            });
        }
        assertThat(rows.stream().map(row -> row.get(0)).distinct())
                .as("no row twice")
                .hasSameSizeAs(rows);
    }

    private static List<List<String>> rows() throws IOException {
        String page = Files.readString(RlhfProcess.HOME.resolve("docs/operations.md"));
        String section = page.substring(page.indexOf("## What can fail"), page.indexOf("## Alerts"));
        return section.lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .map(line -> Arrays.stream(line.substring(1, line.length() - 1).split(" \\| ", -1))
                        .map(String::strip)
                        .toList())
                .toList();
    }
}
