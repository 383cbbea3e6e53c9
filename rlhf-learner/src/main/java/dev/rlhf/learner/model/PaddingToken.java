package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The token that a config.json calls padding, which decides where a sequence is scored: as transformers, at its last token that is another
 * one, be it padded or not. It matters where the end of a response has the same id.
 *
 * @param id token id, −1 for none
 */
public record PaddingToken(int id) {
    /** Every sequence is scored at its last token. */
    public static final PaddingToken NONE = new PaddingToken(-1);

    /**
     * That of a model directory.
     *
     * @throws RlhfException USER naming the file when it is missing or its {@code pad_token_id} is no whole number
     */
    public static PaddingToken of(Path modelDirectory) {
        Path file = modelDirectory.resolve(ModelConfig.FILE);
        JsonNode id = JsonFile.read(file).path("pad_token_id");
        if (id.isMissingNode() || id.isNull()) {
            return NONE;
        }
        if (!id.isInt()) {
            throw RlhfException.user(file + ": pad_token_id must be a token id, not " + id);
        }
        return id.asInt() < 0 ? NONE : new PaddingToken(id.asInt());
    }

    /** Rows up to the token they are scored at; one of nothing but padding is scored at its first. */
    public List<TokenSequence> cut(List<TokenSequence> rows) {
        return rows.stream().map(this::cut).toList();
    }

    private TokenSequence cut(TokenSequence row) {
        int last = row.length() - 1;
        while (last > 0 && row.tokens()[last] == id) {
            last--;
        }
        return last == row.length() - 1
                ? row
                : new TokenSequence(Arrays.copyOf(row.tokens(), last + 1), Math.min(row.promptLength(), last + 1));
    }
}
