package dev.rlhf.core.base;

/** A block of a recipe that is one of several kinds. */
public interface OfKind {
    /** Its kind as in the recipe, e.g. {@code exact-match}; a record of several kinds has a component that says which. */
    default String kind() {
        Block block = getClass().getAnnotation(Block.class);
        if (block == null || block.kinds().length == 0) {
            throw RlhfException.bug(getClass() + " has no @Block that names its kind");
        }
        return block.kinds()[0];
    }
}
