package dev.rlhf.driver.submit;

import dev.rlhf.config.Leaf;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.RunIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files that a recipe names, and where they lie in a job's working directory.
 *
 * <p>A path below a shared folder stays as it is; every other one is a file or a folder of this machine, and travels.
 */
final class RecipeFiles {
    private static final String FOLDER = "files";

    private final List<Path> shared;
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final Map<Path, String> places = new LinkedHashMap<>();
    private final List<String> settings = new ArrayList<>();

    private RecipeFiles(List<Path> shared) {
        this.shared = shared;
    }

    /**
     * Looks for every file that a recipe names.
     *
     * @param shared folders that every node sees under the same name
     * @throws RlhfException USER naming a key whose file is neither here nor shared
     */
    static RecipeFiles of(Recipe recipe, List<Path> shared) {
        RecipeFiles found = new RecipeFiles(
                shared.stream().map(path -> path.toAbsolutePath().normalize()).toList());
        for (Leaf leaf : Leaf.of(recipe).values()) {
            if (RunIdentity.guarded(leaf)) {
                found.add(leaf);
            }
        }
        return found;
    }

    /** The files by their places in the working directory. */
    Map<String, Path> files() {
        return files;
    }

    /** The settings by which the recipe finds them there. */
    List<String> settings() {
        return settings;
    }

    private void add(Leaf leaf) {
        if (leaf.value() instanceof Path path) {
            if (!isShared(path)) {
                settings.add(leaf.path() + "=" + quoted(place(leaf.path(), path)));
            }
        } else if (leaf.value() instanceof List<?> list
                && !list.stream().allMatch(item -> item instanceof Path path && isShared(path))) {
            settings.add(leaf.path() + "="
                    + list.stream()
                            .map(Path.class::cast)
                            .map(path -> quoted(isShared(path) ? path.toString() : place(leaf.path(), path)))
                            .collect(Collectors.joining(", ", "[", "]")));
        }
    }

    private boolean isShared(Path path) {
        return shared.stream().anyMatch(path.toAbsolutePath()::startsWith);
    }

    private String place(String key, Path path) {
        if (!Files.exists(path)) {
            throw RlhfException.user(key + ": there is no " + path
                    + " here to be sent along; if every node sees it under this name, say so by --shared "
                    + (path.getParent() == null ? path : path.getParent()));
        }
        String known = places.get(path);
        if (known != null) {
            return known;
        }
        String place = FOLDER + "/" + places.size() + "/" + path.getFileName();
        places.put(path, place);
        try {
            for (Path file : DurableFiles.files(path)) {
                files.put(file.equals(path) ? place : place + "/" + path.relativize(file), file);
            }
        } catch (IOException refused) {
            throw RlhfException.user("cannot read " + path + ": " + FileFault.reason(refused));
        }
        return place;
    }

    /** A text of YAML in quotes. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
