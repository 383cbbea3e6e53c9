package dev.rlhf.driver.data;

import java.util.List;
import java.util.stream.Stream;

/** One data set of a stage, read before anything trains. */
public interface DataPart {
    /** What is to be said of it, such as rows that are too long. */
    List<String> notices();

    /** What it comes to, for people. */
    DataPreview preview(Preview preview);

    /**
     * Rows to train on and rows to measure by.
     *
     * @param key the stage's key that they stand under
     */
    static <T> DataPart of(String key, Loaded<T> train, Loaded<T> heldOut) {
        return new Rows<>(key, train, heldOut);
    }

    /** Implements {@link #of}. */
    record Rows<T>(String key, Loaded<T> train, Loaded<T> heldOut) implements DataPart {
        @Override
        public List<String> notices() {
            return Stream.of(train, heldOut)
                    .flatMap(rows -> rows.notice().stream())
                    .toList();
        }

        @Override
        public DataPreview preview(Preview preview) {
            return preview.of(key, train, heldOut);
        }
    }
}
