package dev.rlhf.driver.report;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What the page carries along, so that it needs nothing but itself.
 *
 * @param style styles: uPlot's and the page's
 * @param script uPlot and the page's script; empty for a page without
 * @param policy content security policy: this script runs and no other, and nothing is fetched
 */
record PageAssets(String style, String script, String policy) {
    private static final String WEBJAR = "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

    static PageAssets load() {
        String dist = "/META-INF/resources/webjars/uplot/" + version() + "/dist/";
        String script = resource(dist + "uPlot.iife.min.js") + "\n" + resource("report.js");
        String style = resource(dist + "uPlot.min.css") + "\n" + resource("report.css");
        return new PageAssets(
                style,
                script,
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + sha256(script) + "'");
    }

    /** What a page without scripts carries along. */
    static PageAssets withoutScript() {
        return new PageAssets(
                resource("report.css") + "\n" + resource("experiment.css"),
                "",
                "default-src 'none'; style-src 'unsafe-inline'");
    }

    private static String version() {
        return resource(WEBJAR)
                .lines()
                .filter(line -> line.startsWith("version="))
                .map(line -> line.substring("version=".length()))
                .findFirst()
                .orElseThrow(() -> RlhfException.bug(WEBJAR + " names no version"));
    }

    private static String resource(String name) {
        try (InputStream stream = PageAssets.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw RlhfException.bug(name + " is not on the class path");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + name, e);
        }
    }

    private static String sha256(String text) {
        return Base64.getEncoder().encodeToString(Sha256.bytes(text));
    }
}
