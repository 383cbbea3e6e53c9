package dev.rlhf.core.reward;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** The kinds of reward there are: those on the class path and those of a user's jars. */
public final class RewardKinds {
    private static final String BLOCK = "reward";

    private final Map<String, Class<? extends RewardRecipe>> recipes = new TreeMap<>();

    /**
     * Finds the kinds of the class path and of jars.
     *
     * @throws RlhfException USER naming the jar, and the class where there is one, when a jar is none, has no kind, has a kind that
     *     is there already or a class that cannot be loaded
     */
    public RewardKinds(List<Path> jars) {
        ServiceLoader.load(RewardKind.class, RewardKinds.class.getClassLoader())
                .forEach(kind -> add(kind.recipe(), "the class path", ErrorKind.BUG));
        for (Path path : jars) {
            RewardJar.open(path).recipes().forEach(recipe -> add(recipe, path.toString(), ErrorKind.USER));
        }
    }

    /** The records that describe rewards, in the order of their kinds' names. */
    public List<Class<? extends RewardRecipe>> recipes() {
        return List.copyOf(recipes.values());
    }

    /** The record of a kind; throws USER when there is none. */
    public Class<? extends RewardRecipe> recipe(String kind) {
        Class<? extends RewardRecipe> recipe = recipes.get(kind);
        if (recipe == null) {
            throw RlhfException.user("there is no reward of kind " + kind + ", but " + recipes.keySet());
        }
        return recipe;
    }

    private void add(Class<? extends RewardRecipe> recipe, String source, ErrorKind fault) {
        Block block = recipe.getAnnotation(Block.class);
        if (!recipe.isRecord() || block == null || !block.value().equals(BLOCK) || block.kinds().length == 0) {
            throw new RlhfException(
                    fault,
                    source + ": " + recipe.getName() + " must be a record with @Block(value = \"" + BLOCK
                            + "\", kinds = \"its-name\")",
                    null);
        }
        for (String kind : block.kinds()) {
            Class<?> other = recipes.putIfAbsent(kind, recipe);
            if (other != null) {
                throw new RlhfException(
                        fault,
                        source + ": " + recipe.getName() + " is of kind '" + kind + "', which " + other.getName()
                                + " is already; give it another name",
                        null);
            }
        }
    }
}
