package dev.rlhf.driver.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLineTest {
    @Test
    void aRecordIsOneLine() {
        LogRecord record = new LogRecord(Level.WARNING, "two\nlines of {0}\n");
        record.setLoggerName("dev.rlhf.Name");
        record.setParameters(new Object[] {"text"});

        assertThat(new LogLine().format(record))
                .matches(
                        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARNING dev\\.rlhf\\.Name: two \\| lines of text\\R");
    }

    @Test
    void theTraceOfAFailureFollows() {
        LogRecord record = new LogRecord(Level.SEVERE, "it broke");
        record.setThrown(new IllegalStateException("because"));

        assertThat(new LogLine().format(record).lines().toList())
                .hasSizeGreaterThan(2)
                .satisfies(lines -> assertThat(lines.get(0)).endsWith("it broke"))
                .satisfies(lines -> assertThat(lines.get(1)).isEqualTo("java.lang.IllegalStateException: because"));
    }
}
