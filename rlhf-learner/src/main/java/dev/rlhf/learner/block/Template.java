package dev.rlhf.learner.block;

import dev.rlhf.core.base.RlhfException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with {@code $name} where a number goes. */
public final class Template {
    private static final Pattern NAME = Pattern.compile("\\$(\\w+)");

    private Template() {}

    /**
     * Writes numbers into a text.
     *
     * @throws RlhfException BUG when the text has a name that {@code numbers} has not
     */
    public static String fill(String text, Map<String, ? extends Number> numbers) {
        return NAME.matcher(text).replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), numbers)));
    }

    private static String value(String name, Map<String, ? extends Number> numbers) {
        Number number = numbers.get(name);
        if (number == null) {
            throw RlhfException.bug("no number for $" + name + " in a template");
        }
        return number.toString();
    }
}
