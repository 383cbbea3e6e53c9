package dev.rlhf.driver.data;

import java.util.List;

/**
 * What one data set of a stage comes to, before anything is trained.
 *
 * @param key its key within the stage, e.g. {@code data} or {@code evaluation.data}
 * @param source the file, or what the data are made of
 * @param rows rows of the parts that are read, before any is left out
 * @param train examples to train on
 * @param heldOut examples kept for evaluation
 * @param dropped rows left out because they are too long
 * @param truncated rows cut because they are too long
 * @param prompts tokens of the prompts
 * @param responses tokens of the responses, of both where there are pairs; all 0 where the model is to write them
 * @param examples the first three; of a pair, chosen and rejected one after the other
 */
public record DataPreview(
        String key,
        String source,
        int rows,
        int train,
        int heldOut,
        int dropped,
        int truncated,
        Lengths prompts,
        Lengths responses,
        List<Example> examples) {
    /**
     * Numbers of tokens.
     *
     * @param shortest the least
     * @param mean the mean
     * @param longest the most
     */
    public record Lengths(int shortest, double mean, int longest) {}

    /**
     * One example as the model is given it.
     *
     * @param place where it stands, e.g. {@code data/pairs.jsonl:17}, then {@code chosen} or {@code rejected} of a pair
     * @param tokens its tokens in order
     */
    public record Example(String place, List<Token> tokens) {}

    /**
     * One token.
     *
     * @param id its id
     * @param text the text it adds; the name of a special token; empty for all but the last part of a character
     * @param trained whether the loss looks at it
     */
    public record Token(int id, String text, boolean trained) {}
}
