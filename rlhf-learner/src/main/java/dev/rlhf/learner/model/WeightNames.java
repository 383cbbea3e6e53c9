package dev.rlhf.learner.model;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.block.Role;
import dev.rlhf.learner.files.Checkpoint;
import dev.rlhf.learner.model.WeightLayout.Weight;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Under which name a checkpoint holds each weight: its own, that without the family's first word, or that of the matrix it is tied to. */
public final class WeightNames {
    private static final String REMEDY =
            "weights and config.json are not of one model, or not whole: copy the model again";

    private static final Pattern LAYER = Pattern.compile("\\.(\\d{1,6})\\.");

    private WeightNames() {}

    /**
     * Finds every weight and checks its shape; nothing but headers is read.
     *
     * @return stored names by name; only the one-output head may be missing
     * @throws RlhfException USER naming the weight that is missing, of another shape or of a type we do not read, or one more of a block or
     *     a layer more than the configuration has
     */
    public static Map<String, String> in(Checkpoint checkpoint, WeightLayout layout) {
        Map<String, String> names = new LinkedHashMap<>();
        for (Weight weight : layout.weights()) {
            Optional<String> stored =
                    candidates(weight, layout).filter(checkpoint::has).findFirst();
            if (stored.isEmpty() && weight.role() != Role.SCORE) {
                throw RlhfException.user(checkpoint.place() + " has no tensor " + weight.name()
                        + ", which the model of config.json needs; " + REMEDY);
            }
            stored.ifPresent(name -> {
                if (weight.role() == Role.SCORE) {
                    requireOneScore(checkpoint);
                }
                requireShape(checkpoint, name, weight.shape());
                names.put(weight.name(), name);
            });
        }
        if (layout.tied()) {
            requireOneMatrix(checkpoint, names.getOrDefault(layout.embedding(), layout.embedding()), layout.words());
        }
        requireNoMore(checkpoint, layout, Set.copyOf(names.values()));
        return names;
    }

    /** Further tensors are left alone, such as another head's or buffers, but not where the model would be another one with them. */
    private static void requireNoMore(Checkpoint checkpoint, WeightLayout layout, Set<String> used) {
        Set<String> blocks = used.stream().map(WeightNames::block).collect(Collectors.toSet());
        int layers = used.stream().mapToInt(WeightNames::layer).max().orElse(-1);
        for (String name : checkpoint.readable()) {
            if (used.contains(name) || name.equals(layout.words())) {
                continue;
            }
            if (layer(name) > layers) {
                throw RlhfException.user(
                        checkpoint.file(name) + " holds " + name + ", but by config.json the model has " + (layers + 1)
                                + " layers; the two are of different models");
            }
            if (blocks.contains(block(name))) {
                throw RlhfException.user(checkpoint.file(name) + " holds " + name
                        + ", which the model of config.json has not; it would compute something else without it");
            }
        }
    }

    /** The name without its last word. */
    private static String block(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    /** The first number in a name; −1 where there is none. */
    private static int layer(String name) {
        Matcher number = LAYER.matcher(name);
        return number.find() ? Integer.parseInt(number.group(1)) : -1;
    }

    private static Stream<String> candidates(Weight weight, WeightLayout layout) {
        List<String> other =
                layout.tied() && weight.name().equals(layout.embedding()) ? List.of(layout.words()) : List.of();
        String base = layout.embedding().substring(0, layout.embedding().indexOf('.') + 1);
        String bare = weight.name().startsWith(base) ? weight.name().substring(base.length()) : weight.name();
        return Stream.concat(Stream.of(weight.name(), bare), other.stream());
    }

    /**
     * Looks whether the head of a model that scores gives one number; one without such a head passes.
     *
     * @throws RlhfException USER when it tells labels apart
     */
    public static void requireOneScore(Checkpoint checkpoint) {
        if (!checkpoint.has(WeightLayout.SCORE)) {
            return;
        }
        long[] shape = checkpoint.shape(WeightLayout.SCORE);
        if (shape.length == 2 && shape[0] != 1) {
            throw RlhfException.user(checkpoint.file(WeightLayout.SCORE) + ": " + WeightLayout.SCORE + " tells "
                    + shape[0] + " labels apart; a reward model gives one score (num_labels: 1)");
        }
    }

    private static void requireShape(Checkpoint checkpoint, String name, long[] wanted) {
        long[] shape = checkpoint.shape(name);
        if (!Arrays.equals(shape, wanted)) {
            throw RlhfException.user(checkpoint.file(name) + ": " + name + " has shape " + Arrays.toString(shape)
                    + ", the configuration wants " + Arrays.toString(wanted) + "; " + REMEDY);
        }
    }

    /** Where a file has both names of a tied matrix, transformers unties them if they differ; we do not guess. */
    private static void requireOneMatrix(Checkpoint checkpoint, String embedding, String head) {
        if (!embedding.equals(head) && checkpoint.has(head) && !checkpoint.same(embedding, head)) {
            throw RlhfException.user(checkpoint.place() + ": " + head + " differs from " + embedding
                    + ", but config.json says tie_word_embeddings: true; set it to false, or remove " + head);
        }
    }
}
