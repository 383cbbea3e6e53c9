package dev.rlhf.experiment.design;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One run of an experiment.
 *
 * @param part the part's name
 * @param levels names of its levels by factor, in the part's order
 * @param seed the run's seed
 */
public record Cell(String part, Map<String, String> levels, long seed) {
    /** Keeps its own copy, in order. */
    public Cell {
        levels = Collections.unmodifiableMap(new LinkedHashMap<>(levels));
    }

    /** Its name, and its directory below {@code cells}: part, levels, seed. */
    public String id() {
        String middle = levels.isEmpty() ? "" : String.join("--", levels.values()) + "/";
        return part + "/" + middle + "seed-" + seed;
    }

    /** Whether it has these levels. */
    public boolean has(Map<String, String> wanted) {
        return wanted.entrySet().stream().allMatch(entry -> entry.getValue().equals(levels.get(entry.getKey())));
    }

    /** The cell of {@code part}, which has some of this one's factors, with the same levels and seed. */
    Cell of(Part other) {
        Map<String, String> shared = new LinkedHashMap<>();
        List<String> names = other.factors();
        names.forEach(name -> shared.put(name, levels.getOrDefault(name, "")));
        return new Cell(other.name(), shared, seed);
    }
}
