package dev.rlhf.driver.report;

/**
 * A setting or a result with its name.
 *
 * @param name what it is
 * @param value what it came to, with its unit
 */
record Fact(String name, String value) {}
