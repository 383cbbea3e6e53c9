package dev.rlhf.core.run;

/**
 * One completion kept for people to read.
 *
 * @param prompt prompt text
 * @param response completion text
 * @param reward its total reward
 */
public record Sample(String prompt, String response, double reward) {}
