package dev.rlhf.driver.observe;

/**
 * A setting or a result with its name.
 *
 * @param name what it is
 * @param value what it came to, with its unit
 */
public record Fact(String name, String value) {}
