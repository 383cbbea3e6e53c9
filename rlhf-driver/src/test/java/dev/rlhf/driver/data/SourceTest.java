package dev.rlhf.driver.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {
    private static final String QUESTION = "Say \"hi\",\nthen 👋🏽; tab\tno";
    private static final String JSON_ROWS =
            "{\"q\": \"Say \\\"hi\\\",\\nthen 👋🏽; tab\\tno\", \"a\": \"#### 7\"},\n{\"q\": \"\", \"a\": \"café\"}";

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(DataFormat.class)
    void everyFormatGivesTheSameTexts(DataFormat format) throws Exception {
        Path file = written(format, "data." + format.name().toLowerCase(Locale.ROOT));

        assertTexts(Source.rows(file, null));
    }

    @ParameterizedTest
    @EnumSource(value = DataFormat.class, names = "PARQUET", mode = EnumSource.Mode.EXCLUDE)
    void everyFormatOfTextMayBePacked(DataFormat format) throws Exception {
        Path plain = written(format, "plain");
        Path file = folder.resolve("DATA." + format.name() + ".gz");
        try (GZIPOutputStream packed = new GZIPOutputStream(Files.newOutputStream(file))) {
            packed.write(Files.readAllBytes(plain));
        }

        assertTexts(Source.rows(file, null));
    }

    @ParameterizedTest
    @EnumSource(DataFormat.class)
    void theRecipeMaySayTheFormat(DataFormat format) throws Exception {
        assertTexts(Source.rows(written(format, "part[1]*?=x'y"), format));
    }

    @Test
    void oneObjectALineIsAlsoReadUnderTheNameJson() throws IOException {
        assertThat(rows("lines.json", "\n {\"q\": 1}\n{\"q\": 2}\n"))
                .extracting(row -> row.text("q"))
                .containsExactly("1", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678.5",
                "1e5",
                "1E-7",
                "-0",
                "0.10",
                "123456789012345678901234567890",
                "1.0",
                "true",
                "false"
            })
    void whatIsNoTextStaysAsItIsWritten(String number) throws IOException {
        assertThat(rows("a.jsonl", "{\"q\": " + number + "}").get(0).text("q")).isEqualTo(number);
        assertThat(rows("a.json", "[{\"q\":" + number + "}]").get(0).text("q")).isEqualTo(number);
        assertThat(rows("a.csv", "q\n" + number).get(0).text("q")).isEqualTo(number);
    }

    @Test
    void numbersOfParquetAreWrittenPlainly() throws Exception {
        Path file = folder.resolve("n.parquet");
        sql("COPY (SELECT 12345678.5::DOUBLE d, 7::BIGINT i, 1.20::DECIMAL(4,2) e, true t, NULL::VARCHAR n, ['x'] l,"
                + " {'role': 'user'} s, 'b'::BLOB b) TO '" + file + "' (FORMAT parquet)");

        DataRow row = Source.rows(file, null).get(0);

        assertThat(List.of(row.text("d"), row.text("i"), row.text("e"), row.text("t"), row.text("b")))
                .containsExactly("12345678.5", "7", "1.20", "true", "b");
        for (String key : List.of("n", "l", "s")) {
            assertThatThrownBy(() -> row.text(key))
                    .hasMessageContaining("row 1: '" + key + "' must be a text or a number");
        }
        assertThatThrownBy(() -> row.dialogue("i")).hasMessageContaining("must be a text of several turns, not 7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.jsonl  | {\"q\": 1, \"q\": 2}            | a.jsonl:1: the key 'q' is there twice",
                "a.json   | [{\"q\": 1},\\n{\"q\": 1, \"q\": 2}] | a.json, row 2: the key 'q' is there twice",
                "a.jsonl  | {\"q\": 1} x                    | a.jsonl:1: not JSON: column 10: 'x' is no value",
                "a.jsonl  | {\"q\": tru}                    | 'tru' is no value; a text stands in double quotes",
                "a.jsonl  | {\"q\": 1,}                     | '}' stands where it must not",
                "a.jsonl  | {\"q\": \"a                     | the end is missing",
                "a.jsonl  | {\"q\": \"\\x\"}                | is no escape",
                "a.jsonl  | {\"q\": 01}                     | there is no such number",
                "a.json   | [{\"q\": 1}, 5]                 | a.json, row 2: a row must be a JSON object",
                "a.json   | [{\"q\": 1}                     | the end is missing",
                "a.json   | [{\"q\": 1}] {}                 | more stands after the array's end",
                "a.json   | []                              | the data set is empty",
                "a.csv    | q,a                             | the data set is empty",
                "a.csv    | q,a\\n1                         | a.csv:2: there are 1 values for the 2 columns",
                "a.csv    | q,a\\n1,2\\n\"x\\ny\",2\\n3,4,5 | a.csv:5: there are 3 values for the 2 columns",
                "a.csv    | q,q\\n1,2                       | names a column twice",
                "a.csv    | q,a\\n1,2\\n\"open,3\\n4,5      | a.csv:3: a quote is not closed",
                "a.parquet| no columns                      | is not a Parquet file that can be read",
                "a.csv.gz | q\\n1                           | is not packed by gzip",
                "a.xlsx   | x                               | .jsonl, .json, .csv, .tsv, .parquet",
                "data     | x                               | say what it is with data.format",
            })
    void aMistakeIsToldInWordsOfTheFile(String name, String text, String message) {
        assertThatThrownBy(() -> rows(name, text.replace("\\n", "\n")))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message)
                .hasMessageNotContainingAny("Exception", "Error:", "Unexpected", "Unrecognized", "token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "conversations"})
    void aConversationSaysWhatToDo(String key) throws IOException {
        DataRow row = rows("a.jsonl", "{\"" + key + "\": [{\"role\": \"user\", \"content\": \"hi\"}]}")
                .get(0);

        assertThatThrownBy(() -> row.text("prompt"))
                .hasMessageContaining(
                        "a.jsonl:1: '" + key + "' is a conversation of several turns, which is not yet read");
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/datasets/openai/gsm8k, https://huggingface.co/datasets/openai/gsm8k is an address",
        "hf://datasets/openai/gsm8k/train.parquet, hf://datasets/openai/gsm8k/train.parquet is an address",
        "s3://bucket/x.jsonl, s3://bucket/x.jsonl is an address",
        "openai/gsm8k, hf download openai/gsm8k --repo-type dataset",
        "missing.jsonl, no such file: ",
    })
    void whatIsNotHereSaysWhatToDownload(String path, String message) {
        // As a recipe gives it: relative to a folder, and normalised.
        Path file = folder.resolve(path).normalize();

        assertThatThrownBy(() -> Source.rows(file, null))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud83d", "cut \\ud83d A", "\\udc4b", "👋 \\udc4b"})
    void halfACharacterIsRefusedWithItsPlace(String text) throws IOException {
        DataRow row = rows("a.jsonl", "{\"q\": \"👋 whole\"}\n{\"q\": \"" + text + "\"}")
                .get(1);

        assertThatThrownBy(() -> row.text("q")).hasMessageContaining("a.jsonl:2: 'q': the text has half a character");
    }

    private static void assertTexts(List<DataRow> rows) {
        assertThat(rows).extracting(row -> row.text("q")).containsExactly(QUESTION, "");
        assertThat(rows).extracting(row -> row.text("a")).containsExactly("#### 7", "café");
        assertThat(rows).extracting(DataRow::place).doesNotHaveDuplicates();
    }

    private List<DataRow> rows(String name, String text) throws IOException {
        return rows(name, text, null);
    }

    private List<DataRow> rows(String name, String text, @Nullable DataFormat format) throws IOException {
        return Source.rows(Files.writeString(folder.resolve(name), text), format);
    }

    private Path written(DataFormat format, String name) throws IOException, SQLException {
        Path file = folder.resolve(name);
        String quoted = "\"" + QUESTION.replace("\"", "\"\"") + "\"";
        switch (format) {
            case JSONL -> Files.writeString(file, JSON_ROWS.replace("},\n", "}\n"));
            case JSON -> Files.writeString(file, "\uFEFF[" + JSON_ROWS + "]");
            case CSV -> Files.writeString(file, "q,a\n" + quoted + ",#### 7\n\"\",café\n");
            case TSV -> Files.writeString(file, "q\ta\r\n" + quoted + "\t#### 7\r\n\tcafé\r\n");
            case PARQUET -> {
                Path plain = folder.resolve("from.csv");
                written(DataFormat.CSV, "from.csv");
                Path made = folder.resolve("made.parquet");
                sql("COPY (SELECT COALESCE(q, '') q, a FROM read_csv('" + plain
                        + "', header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')) TO '" + made
                        + "' (FORMAT parquet)");
                Files.move(made, file);
            }
        }
        return file;
    }

    private static void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
