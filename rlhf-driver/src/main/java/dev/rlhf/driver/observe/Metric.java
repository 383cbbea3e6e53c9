package dev.rlhf.driver.observe;

/**
 * What is known of a number.
 *
 * @param key its key in {@code metrics.jsonl}; with "/" and a family of stages, what it means there; empty for what only Prometheus gets
 * @param name its name for Prometheus; empty for a number that another entry exports
 * @param type Prometheus' type: gauge, counter, histogram or info
 * @param help what it is, a sentence or two
 * @param healthy how it looks when all is well, to be read after "Healthy:"
 */
public record Metric(String key, String name, String type, String help, String healthy) {
    /** Both sentences. */
    public String words() {
        return help + " Healthy: " + healthy;
    }
}
