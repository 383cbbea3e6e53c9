package dev.rlhf.learner.model;

import java.util.List;

/** How far each layer sees, 0 for all of the past, by the keys {@code layer_types} and {@code sliding_window} of a config.json. */
final class Windows {
    private static final String TYPES = "layer_types";
    private static final String FULL = "full_attention";
    private static final String SLIDING = "sliding_attention";

    private Windows() {}

    /** Where {@code use_sliding_window} is set, layers from {@code max_window_layers} on see a window, as in Qwen. */
    static int[] afterSome(ConfigKeys keys, int layers) {
        boolean uses = keys.flag("use_sliding_window", false);
        int window = window(keys, uses);
        int first = keys.number("max_window_layers", 28) < layers ? (int) keys.number("max_window_layers", 28) : layers;
        int[] windows = new int[layers];
        List<String> types = types(keys, layers);
        for (int i = 0; i < layers; i++) {
            boolean slides = types.isEmpty() ? i >= first : types.get(i).equals(SLIDING);
            windows[i] = uses && slides ? window : 0;
        }
        return windows;
    }

    /** Where {@code use_sliding_window} is set, layers see a window as {@code layer_types} says; else none does. */
    static int[] listed(ConfigKeys keys, int layers) {
        boolean uses = keys.flag("use_sliding_window", false);
        int window = window(keys, uses);
        int[] windows = new int[layers];
        List<String> types = types(keys, layers);
        for (int i = 0; i < layers; i++) {
            windows[i] = uses && !types.isEmpty() && types.get(i).equals(SLIDING) ? window : 0;
        }
        return windows;
    }

    /** All layers see a window but each of a number {@code every}, unless {@code layer_types} says otherwise, as in Gemma. */
    static int[] alternating(ConfigKeys keys, int layers, int every) {
        int window = keys.size("sliding_window", 4096);
        int[] windows = new int[layers];
        List<String> types = types(keys, layers);
        for (int i = 0; i < layers; i++) {
            boolean slides =
                    types.isEmpty() ? (i + 1) % every != 0 : types.get(i).equals(SLIDING);
            windows[i] = slides ? window : 0;
        }
        return windows;
    }

    /** A window that is not used may have any size. */
    private static int window(ConfigKeys keys, boolean uses) {
        keys.honour("sliding_window");
        return uses ? keys.window(0) : 0;
    }

    private static List<String> types(ConfigKeys keys, int layers) {
        List<String> types = keys.list(TYPES);
        if (!types.isEmpty() && types.size() != layers) {
            throw keys.mistake(TYPES + " names " + types.size() + " layers, num_hidden_layers is " + layers);
        }
        for (String type : types) {
            if (!type.equals(FULL) && !type.equals(SLIDING)) {
                throw keys.mistake(
                        TYPES + " has " + type + ", which is not supported; " + FULL + " and " + SLIDING + " are");
            }
        }
        return types;
    }
}
