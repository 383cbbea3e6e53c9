package dev.rlhf.driver.data;

import dev.rlhf.core.base.Constant;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
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
        List<DataRow> rows = DataFormat.of(file, format).source().read(file);
        if (rows.isEmpty()) {
            throw RlhfException.user("the data set is empty: " + file);
        }
        return rows;
    }

    /** The rows of one part of a file, as {@link #rows} reads them; throws USER when the part has none. */
    static List<DataRow> part(Path file, @Nullable DataFormat format, Split split, int heldOut) {
        List<DataRow> rows = rows(file, format);
        int train = rows.size() - heldOut;
        int from = split == Split.TRAIN ? 0 : train;
        int to = split == Split.TRAIN ? train : rows.size();
        if (from < 0 || to <= from) {
            throw RlhfException.user("the data set is empty: with held-out " + heldOut + " of " + rows.size()
                    + " rows nothing is left for split " + Constant.text(split) + " of " + file);
        }
        return rows.subList(from, to);
    }
}
