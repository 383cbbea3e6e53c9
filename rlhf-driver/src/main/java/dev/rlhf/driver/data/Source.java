package dev.rlhf.driver.data;

import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.config.DataFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a file of one format. */
interface Source {
    /** All rows in the order of the file; throws USER naming the file, and the line that is broken. */
    List<DataRow> read(Path file);

    /**
     * Reads a file by its format.
     *
     * @param format what the recipe says it is, or null when its name says it
     * @throws RlhfException USER naming the file when it is missing, empty, broken or of another format
     */
    static List<DataRow> rows(Path file, @Nullable DataFormat format) {
        if (!Files.exists(file)) {
            RemoteName.refuse(file);
        }
        InputFile.require(file);
        List<DataRow> rows = of(DataFormat.of(file, format)).read(file);
        if (rows.isEmpty()) {
            throw RlhfException.user("the data set is empty: " + file);
        }
        return rows;
    }

    private static Source of(DataFormat format) {
        return switch (format) {
            case JSONL -> new JsonLines();
            case JSON -> new JsonArray();
            case CSV -> new SeparatedValues(',');
            case TSV -> new SeparatedValues('\t');
            case PARQUET -> new ParquetColumns();
        };
    }
}
