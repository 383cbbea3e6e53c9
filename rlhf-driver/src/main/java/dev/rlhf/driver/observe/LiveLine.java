package dev.rlhf.driver.observe;

import java.io.PrintStream;
import java.util.function.IntSupplier;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * One line of a terminal that is drawn over.
 *
 * <p>The progress bar's own console would open the terminal through a library that takes SIGINT from the virtual machine, so that
 * Ctrl-C would end a run without the word on how to resume it.
 */
final class LiveLine implements ProgressBarConsumer {
    static final String ERASE_LINE = "\r\033[2K";
    private static final String LINE_UP = "\033[1A";
    /** A cursor in the last column makes some terminals begin a new line. */
    private static final int MARGIN = 1;

    private final PrintStream out;
    private final IntSupplier columns;
    private int drawn;

    /**
     * Draws to {@code out}.
     *
     * @param columns width of the terminal, asked before each drawing
     */
    LiveLine(PrintStream out, IntSupplier columns) {
        this.out = out;
        this.columns = columns;
    }

    @Override
    public int getMaxRenderedLength() {
        return Math.max(1, columns.getAsInt() - MARGIN);
    }

    @Override
    public void accept(String rendered) {
        int width = getMaxRenderedLength();
        String line = rendered.stripTrailing();
        String fitting = line.length() <= width ? line : line.substring(0, width);
        // A line that a narrowed terminal has wrapped cannot be drawn over: it stays, and a new one begins beneath it.
        out.print((drawn > width ? System.lineSeparator() : ERASE_LINE) + fitting);
        out.flush();
        drawn = fitting.length();
    }

    @Override
    public void clear() {
        out.print(ERASE_LINE);
        out.flush();
    }

    @Override
    public void close() {
        out.println();
        out.flush();
    }

    /** Takes away a line that is closed. */
    static String erased() {
        return LINE_UP + ERASE_LINE;
    }
}
