package dev.rlhf.driver.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonMistake;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files with one JSON array of objects. */
final class JsonArray implements Source {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LOOKED_AT = 1 << 13;

    @Override
    public List<DataRow> read(Path file) {
        return TextFile.read(file, reader -> beginsArray(reader) ? rows(file, reader) : JsonLines.rows(file, reader));
    }

    /** Whether the first thing in the file opens an array; one object a line is as common under this name. */
    private static boolean beginsArray(BufferedReader reader) throws IOException {
        reader.mark(LOOKED_AT);
        int next = reader.read();
        for (int read = 1; Character.isWhitespace(next) && read < LOOKED_AT; read++) {
            next = reader.read();
        }
        reader.reset();
        return next == '[';
    }

    private static List<DataRow> rows(Path file, BufferedReader reader) throws IOException {
        List<DataRow> rows = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(reader)) {
            parser.nextToken();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String place = file + ", row " + (rows.size() + 1);
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw RlhfException.user(place + ": a row must be a JSON object {…}");
                }
                rows.add(JsonCells.row(place, parser));
            }
            if (parser.nextToken() != null) {
                throw RlhfException.user(file + ": line "
                        + parser.currentTokenLocation().getLineNr() + ": more stands after the array's end");
            }
        } catch (JsonProcessingException e) {
            throw RlhfException.user(file + ", row " + (rows.size() + 1) + ": not JSON: " + JsonMistake.describe(e));
        }
        return rows;
    }
}
