package dev.rlhf.driver.run;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One line a record, {@code 2026-11-25 22:10:03.250 INFO dev.rlhf.Name: message}; the stack trace of a failure follows. */
public final class LogLine extends Formatter {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Override
    public String format(LogRecord record) {
        StringWriter line = new StringWriter();
        PrintWriter out = new PrintWriter(line);
        out.println(TIME.format(record.getInstant()) + " " + record.getLevel().getName() + " " + record.getLoggerName()
                + ": " + formatMessage(record).strip().replaceAll("\\R", " | "));
        if (record.getThrown() != null) {
            record.getThrown().printStackTrace(out);
        }
        out.flush();
        return line.toString();
    }
}
