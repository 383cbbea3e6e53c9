package dev.rlhf.core.base;

import java.util.Locale;

/** Names of enum constants as people write them. */
public final class Constant {
    private Constant() {}

    /** The name in recipes, files and messages, e.g. {@code token-mean} for {@code TOKEN_MEAN}. */
    public static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
