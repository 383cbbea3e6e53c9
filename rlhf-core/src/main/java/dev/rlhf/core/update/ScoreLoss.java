package dev.rlhf.core.update;

/** A loss by which a reward model learns scores from pairs. */
public sealed interface ScoreLoss extends Objective permits BradleyTerry {}
