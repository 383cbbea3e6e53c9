package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Files of values between commas or tabs (RFC 4180), their names in the first line; every value is a text, as it is written.
 *
 * @param separator what stands between two values
 */
record SeparatedValues(char separator) implements Source {
    @Override
    public List<DataRow> read(Path file) {
        return TextFile.read(file, reader -> rows(file, reader));
    }

    private List<DataRow> rows(Path file, BufferedReader reader) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setIgnoreEmptyLines(true)
                .get();
        List<DataRow> rows = new ArrayList<>();
        try (CSVParser parser = format.parse(reader)) {
            Iterator<CSVRecord> records = parser.iterator();
            long line = 1;
            List<String> header = List.of();
            while (hasNext(records, file, parser)) {
                CSVRecord record = records.next();
                if (header.isEmpty()) {
                    header = header(record, file);
                } else {
                    rows.add(row(file + ":" + line, header, record));
                }
                line = parser.getCurrentLineNumber() + 1;
            }
        }
        return rows;
    }

    /** Reads ahead to the next row. */
    private static boolean hasNext(Iterator<CSVRecord> records, Path file, CSVParser parser) throws IOException {
        long line = parser.getCurrentLineNumber() + 1;
        try {
            return records.hasNext();
        } catch (UncheckedIOException broken) {
            IOException cause = broken.getCause();
            if (cause instanceof CharacterCodingException || !(cause instanceof CSVException)) {
                throw cause;
            }
            throw RlhfException.user(
                    file + ":" + line + ": a quote is not closed, or more than a separator stands after it;"
                            + " write a quote within a quoted value twice");
        }
    }

    private static List<String> header(CSVRecord record, Path file) {
        List<String> header = record.toList();
        if (header.stream().distinct().count() != header.size()) {
            throw RlhfException.user(file + ":1: the header names a column twice: " + header);
        }
        return header;
    }

    private static DataRow row(String place, List<String> header, CSVRecord record) {
        if (record.size() != header.size()) {
            throw RlhfException.user(place + ": there are " + record.size() + " values for the " + header.size()
                    + " columns of the header; a value with the separator in it must stand in quotes");
        }
        Map<String, DataRow.Cell> fields = new LinkedHashMap<>();
        for (int i = 0; i < header.size(); i++) {
            fields.put(header.get(i), new DataRow.Cell(record.get(i), DataRow.Kind.TEXT));
        }
        return new DataRow(place, fields);
    }
}
