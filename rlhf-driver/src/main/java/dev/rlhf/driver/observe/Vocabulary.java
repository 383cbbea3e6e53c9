package dev.rlhf.driver.observe;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The words of words.yaml: the one home of what report, console, Prometheus and documentation say.
 *
 * @param metrics of numbers, in the order in which they are explained
 * @param stages what stages of a kind do, by kind
 */
public record Vocabulary(List<Metric> metrics, Map<String, String> stages) {
    /** All of them. */
    public static final Vocabulary ALL = read();

    private static final String FILE = "words.yaml";

    /** What stages of a kind do; throws BUG naming a kind that nobody has described. */
    public static String purpose(String kind) {
        String words = ALL.stages.get(kind);
        if (words == null) {
            throw RlhfException.bug(FILE + " does not say what stages of the kind " + kind + " do");
        }
        return words;
    }

    private static Vocabulary read() {
        JsonMapper mapper = JsonMapper.builder()
                .defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY))
                .build();
        try (InputStream stream = Vocabulary.class.getResourceAsStream(FILE)) {
            if (stream == null) {
                throw RlhfException.bug(FILE + " is not on the class path");
            }
            Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(stream);
            return mapper.convertValue(document, Vocabulary.class);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + FILE, e);
        }
    }
}
