package dev.rlhf.driver.data;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parquet files, read by DuckDB in this process; the library is loaded when the first such file is read. */
final class ParquetColumns implements Source {
    private static final List<String> NUMBERS =
            List.of("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL");

    @Override
    public List<DataRow> read(Path file) {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            // One thread keeps the order of the rows; nothing is to be fetched from anywhere.
            statement.execute("SET threads = 1");
            statement.execute("SET autoinstall_known_extensions = false");
            String rows = "read_parquet('" + quoted(file) + "', binary_as_string = true, hive_partitioning = false)";
            List<DataRow.Kind> kinds = kinds(statement, rows);
            return rows(file, statement, rows, kinds);
        } catch (SQLException broken) {
            throw new RlhfException(
                    ErrorKind.USER,
                    file
                            + " is not a Parquet file that can be read, or is damaged; write it anew, e.g. with to_parquet of"
                            + " pandas",
                    broken);
        }
    }

    /** The path as DuckDB's pattern that it alone matches. */
    private static String quoted(Path file) {
        return file.toString().replaceAll("([*?\\[])", "[$1]").replace("'", "''");
    }

    private static List<DataRow.Kind> kinds(Statement statement, String rows) throws SQLException {
        List<DataRow.Kind> kinds = new ArrayList<>();
        try (ResultSet columns = statement.executeQuery("DESCRIBE SELECT * FROM " + rows)) {
            while (columns.next()) {
                kinds.add(kind(columns.getString("column_type").toUpperCase(Locale.ROOT)));
            }
        }
        return kinds;
    }

    private static DataRow.Kind kind(String type) {
        if (type.endsWith("]") || type.startsWith("STRUCT") || type.startsWith("MAP") || type.startsWith("UNION")) {
            return DataRow.Kind.NESTED;
        }
        return NUMBERS.stream().anyMatch(type.replaceFirst("^U", "")::startsWith)
                ? DataRow.Kind.NUMBER
                : DataRow.Kind.TEXT;
    }

    private static List<DataRow> rows(Path file, Statement statement, String rows, List<DataRow.Kind> kinds)
            throws SQLException {
        List<DataRow> read = new ArrayList<>();
        try (ResultSet result = statement.executeQuery("SELECT COLUMNS(*)::VARCHAR FROM " + rows)) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                Map<String, DataRow.Cell> fields = new LinkedHashMap<>();
                for (int i = 0; i < kinds.size(); i++) {
                    fields.put(columns.getColumnName(i + 1), cell(result.getString(i + 1), kinds.get(i)));
                }
                read.add(new DataRow(file + ", row " + (read.size() + 1), fields));
            }
        }
        return read;
    }

    private static DataRow.Cell cell(@Nullable String text, DataRow.Kind kind) {
        if (text == null) {
            return DataRow.Cell.NOTHING;
        }
        return kind == DataRow.Kind.NESTED ? DataRow.Cell.NESTED : new DataRow.Cell(text, kind);
    }
}
