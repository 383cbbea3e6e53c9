package dev.rlhf.driver.config;

import dev.rlhf.config.Leaf;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys make a run what it is: a resumed run keeps them.
 *
 * <p>A key that is {@link dev.rlhf.core.base.Changeable} may change; a path may, where the files are the same; the number of steps
 * may grow. Every other key is fixed.
 */
public final class RunIdentity {
    /** They may change where no step is taken back. */
    static final Set<String> GROWING = Set.of("stage.steps");

    private static final String STAGES = "stages";

    private RunIdentity() {}

    /**
     * The keys that differ and may.
     *
     * @throws RlhfException USER naming a key that must not differ, with both values
     */
    public static List<RecipeChange> changes(Recipe before, Recipe after) {
        requireStages(before, after);
        Map<String, Leaf> old = Leaf.of(before);
        Map<String, Leaf> asked = Leaf.of(after);
        Set<String> added = new LinkedHashSet<>();
        after.stages().stream().skip(before.stages().size()).forEach(stage -> added.add(path(stage)));
        Set<String> paths = new LinkedHashSet<>(old.keySet());
        paths.addAll(asked.keySet());
        List<RecipeChange> changes = new ArrayList<>();
        for (String path : paths) {
            String was = text(old.get(path));
            String is = text(asked.get(path));
            if (!was.equals(is) && added.stream().noneMatch(path::startsWith)) {
                if (!mayChange(old.get(path), asked.get(path))) {
                    throw refusal(path, was, is);
                }
                changes.add(new RecipeChange(path, was, is));
            }
        }
        return changes;
    }

    /** Whether a leaf leads to files, whose content a resumed run must find as it was; where they lie does not matter. */
    public static boolean guarded(Leaf leaf) {
        boolean paths = leaf.value() instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(Path.class::isInstance);
        return paths || leaf.value() instanceof Path;
    }

    private static boolean mayChange(@Nullable Leaf before, @Nullable Leaf after) {
        if (before == null || after == null) {
            Leaf leaf = before == null ? after : before;
            return leaf != null && (leaf.changeable() || guarded(leaf));
        }
        return after.changeable()
                || guarded(after)
                || GROWING.contains(after.keys().get(after.keys().size() - 1));
    }

    /** Stages keep their names and their order; others may follow. */
    private static void requireStages(Recipe before, Recipe after) {
        List<String> old = before.stages().stream().map(StageRecipe::name).toList();
        List<String> asked = after.stages().stream().map(StageRecipe::name).toList();
        if (asked.size() < old.size() || !asked.subList(0, old.size()).equals(old)) {
            throw refusal(STAGES, String.join(", ", old), String.join(", ", asked));
        }
    }

    private static String path(StageRecipe stage) {
        return STAGES + "." + stage.name() + ".";
    }

    private static String text(@Nullable Leaf leaf) {
        return leaf == null ? "nothing" : leaf.text();
    }

    private static RlhfException refusal(String key, String before, String after) {
        return RlhfException.user("cannot resume with another " + key + ": the run began with " + before
                + ", the recipe or a setting now says " + after
                + "; take that back, or begin a new run in another --out");
    }
}
