package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The formats that data are read from; a file packed by gzip has {@code .gz} after its extension. */
public enum DataFormat {
    /** One JSON object a line. */
    JSONL(new JsonLines()),
    /** One JSON array of objects; also files of one object a line, which some call {@code .json}. */
    JSON(new JsonArray()),
    /** Values between commas, with a header. */
    CSV(new SeparatedValues(',')),
    /** Values between tabs, with a header. */
    TSV(new SeparatedValues('\t')),
    /** Columns. */
    PARQUET(new ParquetColumns());

    private static final String PACKED = ".gz";

    @SuppressWarnings("ImmutableEnumChecker") // what reads a format has no state
    private final Source source;

    DataFormat(Source source) {
        this.source = source;
    }

    /** What reads files of this format. */
    Source source() {
        return source;
    }

    /**
     * The format of a file.
     *
     * @param said what the recipe says it is, or null when its name says it
     * @throws RlhfException USER naming all formats when the name says none of them
     */
    public static DataFormat of(Path file, @Nullable DataFormat said) {
        if (said != null) {
            return said;
        }
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        String plain = isPacked(file) ? name.substring(0, name.length() - PACKED.length()) : name;
        return Arrays.stream(values())
                .filter(format -> plain.endsWith(format.extension()))
                .findFirst()
                .orElseThrow(
                        () -> RlhfException.user(
                                file + ": no format of data that is read here; there are "
                                        + Arrays.stream(values())
                                                .map(DataFormat::extension)
                                                .collect(Collectors.joining(", "))
                                        + " (each but .parquet also with .gz). Rename or convert the file, or say what it is with data.format"));
    }

    /** Whether a file is packed by gzip. */
    public static boolean isPacked(Path file) {
        return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(PACKED);
    }

    private String extension() {
        return "." + name().toLowerCase(Locale.ROOT);
    }
}
