package dev.rlhf.driver.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads JSON objects as rows: numbers stay as they are written. */
final class JsonCells {
    private JsonCells() {}

    /** The object that begins at the parser's token; throws USER naming a key that is there twice. */
    static DataRow row(String place, JsonParser parser) throws IOException {
        Map<String, DataRow.Cell> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            if (fields.put(key, cell(parser)) != null) {
                throw RlhfException.user(place + ": the key '" + key + "' is there twice");
            }
        }
        return new DataRow(place, fields);
    }

    private static DataRow.Cell cell(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isStructStart()) {
            parser.skipChildren();
            return DataRow.Cell.NESTED;
        }
        if (token == JsonToken.VALUE_NULL) {
            return DataRow.Cell.NOTHING;
        }
        return new DataRow.Cell(
                parser.getText(), token == JsonToken.VALUE_STRING ? DataRow.Kind.TEXT : DataRow.Kind.NUMBER);
    }
}
