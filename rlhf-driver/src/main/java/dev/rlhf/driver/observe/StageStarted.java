package dev.rlhf.driver.observe;

/**
 * A stage that begins or goes on.
 *
 * @param name its name
 * @param kind its kind in the recipe, e.g. {@code ppo}
 * @param stage its place among the stages, from 1
 * @param stages number of stages
 * @param steps steps it has
 * @param stepsDone steps done before
 */
public record StageStarted(String name, String kind, int stage, int stages, int steps, int stepsDone) {}
