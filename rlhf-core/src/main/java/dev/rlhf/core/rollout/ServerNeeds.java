package dev.rlhf.core.rollout;

/**
 * What a run will ask of a generation server.
 *
 * @param positions most tokens of a prompt and its completion together, at least 1
 * @param temperature highest temperature of a sample
 * @param tempered whether some samples are drawn otherwise than from the plain distribution at temperature 1
 */
public record ServerNeeds(int positions, double temperature, boolean tempered) {
    /** Nothing but an answer. */
    public static final ServerNeeds NONE = new ServerNeeds(1, 1, false);
}
