package dev.rlhf.driver.observe;

import java.util.Map;

/**
 * What a run is called where others run too.
 *
 * @param run the run's name, that of its directory
 * @param facts what it is made of by name: recipe, seed, version and the like
 * @param steps steps of all its stages
 * @param devices what it holds to compute on, see {@code rlhf_devices}
 * @param deadlineSeconds longest wait for one answer of an actor
 */
public record RunLabels(String run, Map<String, String> facts, int steps, int devices, int deadlineSeconds) {}
