package dev.rlhf.driver.report;

import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.TickType;
import org.jfree.chart.axis.ValueTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** An axis along the bottom whose places have names; a name that is longer than its place is broken into lines, and none is left out. */
final class PlaceAxis extends SymbolAxis {
    private static final long serialVersionUID = 1;
    private static final String SPACE = " ";

    /** What is left free between two names. */
    private static final double GAP = 8;

    /** From one line to the next, in sizes of the letters. */
    private static final double LEADING = 1.2;

    private final String[] names;
    private final double room;

    /**
     * An axis of these places.
     *
     * @param label what they are
     * @param names their names, in order
     * @param room width of a place
     */
    PlaceAxis(String label, List<String> names, double room) {
        super(label, names.toArray(String[]::new));
        this.names = names.toArray(String[]::new);
        this.room = room;
    }

    /** One line of a name; its first has the mark. */
    private static final class Line extends ValueTick {
        private static final long serialVersionUID = 1;
        private final int row;

        Line(int place, int row, String text) {
            super(row == 0 ? TickType.MAJOR : TickType.MINOR, place, text, TextAnchor.TOP_CENTER, TextAnchor.CENTER, 0);
            this.row = row;
        }
    }

    @Override
    public List<ValueTick> refreshTicks(
            Graphics2D graphics, AxisState state, Rectangle2D dataArea, RectangleEdge edge) {
        List<ValueTick> ticks = new ArrayList<>();
        for (int place = 0; place < names.length; place++) {
            List<String> lines = broken(names[place], metrics(graphics), room - GAP);
            for (int row = 0; row < lines.size(); row++) {
                ticks.add(new Line(place, row, lines.get(row)));
            }
        }
        return ticks;
    }

    /** The text in lines of at most {@code width}, broken at spaces, and within a word only where it is longer than a line. */
    static List<String> broken(String text, FontMetrics metrics, double width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(SPACE, -1)) {
            String longer = line.isEmpty() ? word : line + SPACE + word;
            if (!line.isEmpty() && metrics.stringWidth(longer) > width) {
                lines.add(line);
                longer = word;
            }
            while (longer.length() > 1 && metrics.stringWidth(longer) > width) {
                int end = longer.length() - 1;
                while (end > 1 && metrics.stringWidth(longer.substring(0, end)) > width) {
                    end--;
                }
                lines.add(longer.substring(0, end));
                longer = longer.substring(end);
            }
            line = longer;
        }
        lines.add(line);
        return lines;
    }

    private FontMetrics metrics(Graphics2D graphics) {
        return graphics.getFontMetrics(getTickLabelFont());
    }

    @Override
    protected float[] calculateAnchorPoint(ValueTick tick, double cursor, Rectangle2D dataArea, RectangleEdge edge) {
        float[] point = super.calculateAnchorPoint(tick, cursor, dataArea, edge);
        if (tick instanceof Line line) {
            point[1] += (float) (line.row * getTickLabelFont().getSize2D() * LEADING);
        }
        return point;
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library declares it
    protected double findMaximumTickLabelHeight(List ticks, Graphics2D graphics, Rectangle2D area, boolean vertical) {
        int rows = 0;
        for (Object tick : ticks) {
            rows = Math.max(rows, tick instanceof Line line ? line.row : 0);
        }
        return super.findMaximumTickLabelHeight(ticks, graphics, area, vertical)
                + rows * getTickLabelFont().getSize2D() * LEADING;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PlaceAxis axis && super.equals(other) && Arrays.equals(names, axis.names);
    }

    @Override
    public int hashCode() {
        return 31 * super.hashCode() + Arrays.hashCode(names);
    }
}
