package dev.rlhf.driver.report;

import java.awt.Dimension;
import java.awt.geom.Rectangle2D;
import java.io.StringWriter;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.jfree.chart.JFreeChart;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Turns a drawn chart into SVG. */
final class SvgCanvas {
    private static final String NAMESPACE = "http://www.w3.org/2000/svg";
    static final int WIDTH = 560;
    private static final int HEIGHT = 300;

    /** A row of the legend, and what a mark and a letter of an entry take of its length. */
    private static final int ROW = 22;

    private static final int MARK = 48;
    private static final int LETTER = 7;

    private SvgCanvas() {}

    static String draw(Figure figure, JFreeChart chart) {
        try {
            Document document = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .getDOMImplementation()
                    .createDocument(NAMESPACE, "svg", null);
            SVGGraphics2D graphics = new SVGGraphics2D(context(figure, document), false);
            int height = height(figure);
            graphics.setSVGCanvasSize(new Dimension(WIDTH, height));
            chart.draw(graphics, new Rectangle2D.Double(0, 0, WIDTH, height));
            return text(finished(graphics.getRoot(), figure));
        } catch (ParserConfigurationException | TransformerException e) {
            throw new IllegalStateException("every Java platform reads and writes XML", e);
        }
    }

    /** The legend stands above the plot, which keeps its size. */
    private static int height(Figure figure) {
        int rows = 1;
        int filled = 0;
        for (Figure.Line line : figure.lines()) {
            int entry = MARK + LETTER * line.label().length();
            boolean fits = filled + entry <= WIDTH;
            rows += fits ? 0 : 1;
            filled = fits ? filled + entry : entry;
        }
        return HEIGHT + ROW * rows;
    }

    /** Several pictures stand on one page, so what one calls its pieces no other may. */
    private static SVGGeneratorContext context(Figure figure, Document document) {
        SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
        context.setComment(null);
        context.setIDGenerator(new SVGIDGenerator() {
            @Override
            public String generateID(String prefix) {
                return figure.name() + "-" + super.generateID(prefix);
            }
        });
        return context;
    }

    private static Element finished(Element root, Figure figure) {
        // Empty, and of the same name in each picture.
        Node defs = root.getFirstChild();
        if (defs.getFirstChild() == null) {
            root.removeChild(defs);
        }
        root.setAttribute("viewBox", "0 0 " + WIDTH + " " + height(figure));
        root.setAttribute("role", "img");
        root.setAttribute("font-family", "system-ui, sans-serif");
        Node title = root.getOwnerDocument().createElementNS(NAMESPACE, "title");
        title.setTextContent(figure.title());
        Element ground = root.getOwnerDocument().createElementNS(NAMESPACE, "rect");
        ground.setAttribute("class", "ground");
        ground.setAttribute("width", "100%");
        ground.setAttribute("height", "100%");
        ground.setAttribute("fill", "#ffffff");
        ground.setAttribute("stroke", "none");
        root.insertBefore(ground, root.getFirstChild());
        root.insertBefore(title, ground);
        return root;
    }

    private static String text(Element root) throws TransformerException {
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter text = new StringWriter();
        transformer.transform(new DOMSource(root), new StreamResult(text));
        return text.toString();
    }
}
