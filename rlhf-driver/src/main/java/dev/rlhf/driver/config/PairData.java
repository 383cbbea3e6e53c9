package dev.rlhf.driver.config;

/** Pairs of a preferred and a rejected completion of one prompt. */
public sealed interface PairData permits PairFile, RankedSamples {}
