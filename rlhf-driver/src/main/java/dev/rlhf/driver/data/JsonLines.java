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

/** Files with one JSON object a line; blank lines are left out. */
final class JsonLines implements Source {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public List<DataRow> read(Path file) {
        return TextFile.read(file, reader -> rows(file, reader));
    }

    /** The rows of an open file. */
    static List<DataRow> rows(Path file, BufferedReader reader) throws IOException {
        List<DataRow> rows = new ArrayList<>();
        int number = 1;
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.isBlank()) {
                rows.add(row(file + ":" + number, line));
            }
            number++;
        }
        return rows;
    }

    private static DataRow row(String place, String line) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                throw RlhfException.user(place + ": a line must be a JSON object {…}");
            }
            DataRow row = JsonCells.row(place, parser);
            if (parser.nextToken() != null) {
                throw RlhfException.user(place + ": not JSON: column "
                        + parser.currentTokenLocation().getColumnNr() + ": more stands after the object's end");
            }
            return row;
        } catch (JsonProcessingException e) {
            throw RlhfException.user(place + ": not JSON: " + JsonMistake.describe(e));
        } catch (IOException e) {
            throw RlhfException.bug("a text in memory cannot fail to be read: " + e.getMessage());
        }
    }
}
