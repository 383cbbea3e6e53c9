package dev.rlhf.driver.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pairs of a preferred and a rejected completion of one prompt. */
public sealed interface PairData permits PairFile, RankedSamples {
    /** The stage whose pairs these are; null where they are read, or drawn for the stage itself. */
    @Nullable
    String pairsOf();

    /** The same data drawn for the stage itself. */
    PairData withoutPairsOf();

    /** What must be drawn to make the pairs; nothing where they are read. */
    List<Draw> draws();

    /**
     * Reads all that the pairs are read or made from.
     *
     * @throws dev.rlhf.core.base.RlhfException USER naming file and line of what is wrong
     */
    DataPart read(DataLoader loader);

    /** Reads or makes the pairs. */
    PreferenceSource open(PairStart start);
}
