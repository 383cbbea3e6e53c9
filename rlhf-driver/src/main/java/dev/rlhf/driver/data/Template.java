package dev.rlhf.driver.data;

import dev.rlhf.core.base.KeyException;

/** Texts with a place for the prompt. */
final class Template {
    private static final String PLACE = "{prompt}";

    private Template() {}

    /** Throws USER unless the template has that place. */
    static void require(String template) {
        KeyException.require(
                template.contains(PLACE), "template", "must contain {prompt}, \"" + template + "\" does not");
    }

    static String fill(String template, String prompt) {
        return template.replace(PLACE, prompt);
    }
}
