package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;

/**
 * What two answers have in common, and the answers.
 *
 * <p>Example: {@code "\n\nHuman: Hi\n\nAssistant: Hello!"} and {@code "\n\nHuman: Hi\n\nAssistant: Go away."} share {@code "\n\nHuman:
 * Hi\n\nAssistant:"}.
 *
 * @param prompt the shared text, up to and including the mark of the assistant's turn in which they part
 * @param chosen what follows in the preferred text
 * @param rejected what follows in the other text
 */
record Dialogue(String prompt, String chosen, String rejected) {

    /** Splits two texts after the last {@code mark} they share; throws USER when they share none. */
    static Dialogue split(String chosen, String rejected, String mark, String place) {
        int shared = 0;
        int shortest = Math.min(chosen.length(), rejected.length());
        while (shared < shortest && chosen.charAt(shared) == rejected.charAt(shared)) {
            shared++;
        }
        int start = chosen.lastIndexOf(mark, shared - mark.length());
        if (start < 0) {
            throw RlhfException.user(place + ": the two texts share no turn that starts with '" + mark.strip()
                    + "'; set prompt-key or assistant-mark");
        }
        int end = start + mark.length();
        return new Dialogue(chosen.substring(0, end), chosen.substring(end), rejected.substring(end));
    }
}
