package dev.rlhf.config;

import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What records say of their components: the {@code @param} of their Javadoc, which so is the one home of a key's meaning.
 *
 * <p>The build lays the sources beside the classes, in {@code META-INF/sources}. A record without them has no meanings.
 */
final class Meanings {
    private static final Pattern PARAM = Pattern.compile("@param (\\w+)\\s+(.*?)(?=@\\w+ |$)", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("\\s*\\n\\s*\\*[ \\t]*");
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+ ((?:[^{}]|\\{[^{}]*})*)}");

    private Meanings() {}

    /** The meaning of each documented component of a record, by its name. */
    static Map<String, String> of(Class<?> type) {
        String source = source(type);
        Matcher declaration =
                Pattern.compile("\\brecord " + type.getSimpleName() + "\\b").matcher(source);
        int end = declaration.find() ? source.lastIndexOf("*/", declaration.start()) : -1;
        if (end < 0) {
            return Map.of();
        }
        String comment = MARGIN.matcher(source.substring(source.lastIndexOf("/**", end), end))
                .replaceAll(" ");
        return PARAM.matcher(INLINE_TAG.matcher(comment).replaceAll("$1"))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), Meanings::text));
    }

    private static String text(MatchResult param) {
        return param.group(2).strip();
    }

    private static String source(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        String file = "/META-INF/sources/" + outermost.getName().replace('.', '/') + ".java";
        try (InputStream stream = type.getResourceAsStream(file)) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file, e);
        }
    }
}
