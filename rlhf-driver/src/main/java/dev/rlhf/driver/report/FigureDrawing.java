package dev.rlhf.driver.report;

import dev.rlhf.experiment.statistics.Interval;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.block.FlowArrangement;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.DeviationRenderer;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.title.Title;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.VerticalAlignment;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Draws figures: a bar at each mean for its interval where places have names, a band along the line where they are numbers. */
final class FigureDrawing {
    /** Okabe and Ito's colours, which people tell apart who see few; the page's styles know them as well. */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072B2),
            new Color(0xD55E00),
            new Color(0x009E73),
            new Color(0xCC79A7),
            new Color(0x56B4E9),
            new Color(0xE69F00),
            new Color(0x5B5F66));

    private static final Color INK = new Color(0x1B2230);
    private static final Color SOFT = new Color(0x5D6778);
    private static final Color EDGE = new Color(0xDFE3EA);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    private static final float[][] DASHES = {{}, {7, 4}, {2, 3}, {9, 3, 2, 3}};
    private static final float LINE = 2;
    private static final float BAND = 0.14f;

    /** So many points of a line that marks would run into each other. */
    private static final int MANY = 25;

    /** Lines stand so far beside each other at one category, and take so much of its room at most. */
    private static final double APART = 0.07;

    private static final double ROOM = 0.5;
    private static final double MARGIN = 0.02;

    /** About the width of the plot, in which places share; numbers stand beside it. */
    private static final double PLOT = SvgCanvas.WIDTH - 70;

    private final Figure figure;

    private FigureDrawing(Figure figure) {
        this.figure = figure;
    }

    /** The picture as the text of an SVG file, the same for the same figure. */
    static String svg(Figure figure) {
        return SvgCanvas.draw(figure, new FigureDrawing(figure).chart());
    }

    private JFreeChart chart() {
        XYPlot plot = new XYPlot(data(), across(), up(), renderer());
        plot.setBackgroundPaint(null);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinePaint(EDGE);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        JFreeChart chart = new JFreeChart(null, TEXT, plot, false);
        chart.setBackgroundPaint(null);
        chart.setPadding(new RectangleInsets(6, 8, 6, 14));
        // Each is put above those before it.
        if (figure.lines().size() > 1) {
            chart.addSubtitle(top(legend(plot)));
        }
        if (!figure.y().isEmpty()) {
            TextTitle title = new TextTitle(figure.y(), TEXT);
            title.setPaint(SOFT);
            title.setTextAlignment(HorizontalAlignment.LEFT);
            chart.addSubtitle(0, top(title));
        }
        return chart;
    }

    private static Title top(Title title) {
        title.setPosition(RectangleEdge.TOP);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setPadding(2, 2, 4, 2);
        return title;
    }

    private static LegendTitle legend(XYPlot plot) {
        FlowArrangement flow = new FlowArrangement(HorizontalAlignment.LEFT, VerticalAlignment.CENTER, 6, 2);
        LegendTitle legend = new LegendTitle(plot, flow, flow);
        legend.setItemFont(TEXT);
        legend.setItemPaint(INK);
        legend.setBackgroundPaint(null);
        return legend;
    }

    private XYIntervalSeriesCollection data() {
        XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
        int count = figure.lines().size();
        double apart = figure.isOfCategories() ? Math.min(APART, ROOM / count) : 0;
        for (int i = 0; i < count; i++) {
            XYIntervalSeries series = new XYIntervalSeries(figure.lines().get(i).label(), false, true);
            for (Figure.Point point : figure.lines().get(i).points()) {
                Interval mean = point.mean();
                double x = point.x() + apart * (i - (count - 1) / 2.0);
                boolean isKnown = Double.isFinite(mean.low()) && Double.isFinite(mean.high());
                series.add(
                        x, x, x, mean.mean(), isKnown ? mean.low() : mean.mean(), isKnown ? mean.high() : mean.mean());
            }
            data.addSeries(series);
        }
        return data;
    }

    private ValueAxis across() {
        if (!figure.isOfCategories()) {
            NumberAxis axis = new NumberAxis(figure.x());
            axis.setAutoRangeIncludesZero(false);
            // A mark at zero needs its room.
            axis.setAutoRangeStickyZero(false);
            axis.setLowerMargin(MARGIN);
            axis.setUpperMargin(MARGIN);
            axis.setStandardTickUnits(NumberAxis.createStandardTickUnits(Locale.ROOT));
            return styled(axis);
        }
        SymbolAxis axis = new PlaceAxis(
                figure.x(), figure.categories(), PLOT / figure.categories().size());
        axis.setGridBandsVisible(false);
        axis.setRange(-ROOM, figure.categories().size() - ROOM);
        return styled(axis);
    }

    private static ValueAxis up() {
        NumberAxis axis = new NumberAxis();
        axis.setAutoRangeIncludesZero(false);
        axis.setStandardTickUnits(NumberAxis.createStandardTickUnits(Locale.ROOT));
        axis.setAxisLineVisible(false);
        axis.setTickMarksVisible(false);
        return styled(axis);
    }

    private static ValueAxis styled(NumberAxis axis) {
        axis.setLabelFont(TEXT);
        axis.setLabelPaint(SOFT);
        axis.setTickLabelFont(TEXT);
        axis.setTickLabelPaint(INK);
        axis.setAxisLinePaint(SOFT);
        axis.setTickMarkPaint(SOFT);
        return axis;
    }

    private XYLineAndShapeRenderer renderer() {
        XYLineAndShapeRenderer renderer = figure.isOfCategories() ? bars() : bands();
        renderer.setDefaultLegendTextPaint(INK);
        renderer.setLegendLine(new Line2D.Double(-14, 0, 14, 0));
        for (int i = 0; i < figure.lines().size(); i++) {
            Figure.Line line = figure.lines().get(i);
            Color colour = COLOURS.get(line.colour() % COLOURS.size());
            renderer.setSeriesPaint(i, colour);
            renderer.setSeriesFillPaint(i, colour);
            renderer.setSeriesStroke(i, stroke(line.dash() + line.colour() / COLOURS.size()));
            renderer.setSeriesShape(i, shape(line.colour()));
            renderer.setSeriesShapesVisible(i, line.points().size() <= MANY);
        }
        return renderer;
    }

    private static XYLineAndShapeRenderer bars() {
        XYErrorRenderer renderer = new XYErrorRenderer();
        renderer.setDrawXError(false);
        renderer.setDefaultLinesVisible(true);
        renderer.setErrorStroke(new BasicStroke(1.4f));
        renderer.setCapLength(6);
        return renderer;
    }

    private static XYLineAndShapeRenderer bands() {
        DeviationRenderer renderer = new DeviationRenderer(true, true);
        renderer.setAlpha(BAND);
        return renderer;
    }

    private static BasicStroke stroke(int pattern) {
        float[] dash = DASHES[pattern % DASHES.length];
        return dash.length == 0
                ? new BasicStroke(LINE, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                : new BasicStroke(LINE, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
    }

    /** Colour is not the only thing that tells lines apart. */
    private static Shape shape(int number) {
        List<Shape> shapes = List.of(
                new Ellipse2D.Double(-4, -4, 8, 8),
                new Rectangle2D.Double(-3.5, -3.5, 7, 7),
                polygon(0, -5, 4.6, 3.6, -4.6, 3.6),
                polygon(0, -5, 5, 0, 0, 5, -5, 0),
                polygon(0, 5, 4.6, -3.6, -4.6, -3.6));
        return shapes.get(number % shapes.size());
    }

    private static Shape polygon(double... corners) {
        Path2D path = new Path2D.Double();
        path.moveTo(corners[0], corners[1]);
        IntStream.iterate(2, i -> i < corners.length, i -> i + 2).forEach(i -> path.lineTo(corners[i], corners[i + 1]));
        path.closePath();
        return path;
    }
}
