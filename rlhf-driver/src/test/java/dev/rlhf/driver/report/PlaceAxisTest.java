package dev.rlhf.driver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.experiment.statistics.Interval;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

class PlaceAxisTest {
    private static final String LONG = "log-probability of the rejected answer before training, nats";

    @Test
    void noNameOfAPlaceIsLeftOutHoweverLong() {
        List<String> names = List.of(LONG, LONG.replace(" before", " well before"), "short");
        Interval mean = Interval.of(new double[] {1, 2});
        Figure figure = new Figure(
                "f",
                "title",
                "words",
                "",
                "",
                names,
                List.of(new Figure.Line(
                        "line",
                        0,
                        0,
                        List.of(new Figure.Point(0, mean), new Figure.Point(1, mean), new Figure.Point(2, mean)))));

        String texts = Jsoup.parse(FigureDrawing.svg(figure)).select("text").eachText().stream()
                .collect(Collectors.joining(" "));

        assertThat(texts).contains(names);
    }

    @Test
    void aTextIsBrokenAtSpacesAndWithinWordsOnlyWhereItMust() {
        FontMetrics metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                .createGraphics()
                .getFontMetrics(new Font(Font.MONOSPACED, Font.PLAIN, 12));
        double width = metrics.stringWidth("xxxxxx");

        assertThat(PlaceAxis.broken("one", metrics, width)).containsExactly("one");
        assertThat(PlaceAxis.broken("a bc def gh", metrics, width)).containsExactly("a bc", "def gh");
        assertThat(PlaceAxis.broken("a seventeen-letters b", metrics, width))
                .containsExactly("a", "sevent", "een-le", "tters", "b");
    }
}
