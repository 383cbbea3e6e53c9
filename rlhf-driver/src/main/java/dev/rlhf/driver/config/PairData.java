package dev.rlhf.driver.config;

import java.util.List;

/** Pairs of a preferred and a rejected completion of one prompt. */
public sealed interface PairData permits PairFile, RankedSamples {
    /** What must be drawn to make the pairs. */
    List<Draw> draws();
}
