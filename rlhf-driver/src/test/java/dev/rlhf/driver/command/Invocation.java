package dev.rlhf.driver.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command run in this process.
 *
 * @param exitCode its exit code
 * @param out what it printed
 * @param err what it complained of
 */
record Invocation(int exitCode, String out, String err) {

    /** Runs {@code ./rlhf} with these arguments. */
    static Invocation of(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int exitCode = Main.execute(arguments);
            return new Invocation(
                    exitCode, printed.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** One sentence with all {@code fragments}, this exit code, and no stack trace. */
    void assertRefused(int expected, Object... fragments) {
        assertThat(exitCode).as("exit code; it said %s%s", out, err).isEqualTo(expected);
        assertThat(err.lines().toList()).as("one line").hasSize(1);
        assertThat(err).startsWith("rlhf: ").doesNotContain("Exception");
        assertThat(err)
                .contains(List.of(fragments).stream().map(Object::toString).toList());
    }

    /** The command did what it was asked. */
    Invocation assertDone() {
        assertThat(exitCode).as("exit code; it said %s%s", out, err).isZero();
        return this;
    }
}
