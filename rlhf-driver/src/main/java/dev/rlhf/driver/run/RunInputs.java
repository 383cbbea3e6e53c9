package dev.rlhf.driver.run;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rlhf.config.Leaf;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.Sha256;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.RunIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * {@code inputs.json}: the content of every file that a recipe points to.
 *
 * @param inputs by the key that points there, e.g. {@code stages.sft.data.path}
 */
record RunInputs(Map<String, Input> inputs) {
    /** Endings of the files of a model directory that are read or travel with the model; nobody trains on a README. */
    private static final Set<String> OF_A_MODEL = Set.of("json", "safetensors", "model", "jinja", "txt", "tiktoken");

    private static final int MOST_READINGS = 20;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What one key points to.
     *
     * @param path the file or directory
     * @param free whether a run may have another file there
     * @param files SHA-256 by the name of each file of the directory, or by the empty name; none where nothing is there
     */
    record Input(String path, boolean free, Map<String, String> files) {
        /** The first file that is not as it was, and how; empty when all are. */
        Optional<String> difference(Input now) {
            Set<String> names = new TreeSet<>(files.keySet());
            names.addAll(now.files.keySet());
            return names.stream()
                    .filter(name -> !Objects.equals(files.get(name), now.files.get(name)))
                    .map(name -> now.place(name)
                            + (!now.files.containsKey(name)
                                    ? " is gone"
                                    : files.containsKey(name)
                                            ? " has changed (its SHA-256 differs)"
                                            : " was not there"))
                    .findFirst();
        }

        private String place(String name) {
            return name.isEmpty() ? path : Path.of(path, name).toString();
        }
    }

    /** Reads every file that {@code recipe} points to, from its first byte to its last: a date says nothing of a content. */
    static RunInputs of(Recipe recipe) {
        Map<String, Input> inputs = new LinkedHashMap<>();
        Map<Path, Map<String, String>> read = new LinkedHashMap<>();
        for (Leaf leaf : Leaf.of(recipe).values()) {
            if (RunIdentity.guarded(leaf)) {
                paths(leaf)
                        .forEach((key, path) -> inputs.put(
                                key,
                                new Input(
                                        path.toString(),
                                        leaf.changeable(),
                                        read.computeIfAbsent(path, RunInputs::files))));
            }
        }
        return new RunInputs(inputs);
    }

    /** Every path of a recipe by its key. */
    static Map<String, Path> paths(Recipe recipe) {
        Map<String, Path> paths = new LinkedHashMap<>();
        Leaf.of(recipe).values().forEach(leaf -> paths.putAll(paths(leaf)));
        return paths;
    }

    /** The paths of a leaf by their keys, several where it is a list. */
    private static Map<String, Path> paths(Leaf leaf) {
        Map<String, Path> paths = new LinkedHashMap<>();
        if (leaf.value() instanceof Path path) {
            paths.put(leaf.path(), path);
        } else if (leaf.value() instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof Path path) {
                    paths.put(leaf.path() + "[" + i + "]", path);
                }
            }
        }
        return paths;
    }

    /** What a run has written; empty where it began before there were such files. */
    static Optional<RunInputs> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(JSON.readValue(file.toFile(), RunInputs.class)) : Optional.empty();
        } catch (IOException broken) {
            throw RlhfException.user("cannot read " + file
                    + "; put it back as the run wrote it, or delete it to go on without this check");
        }
    }

    byte[] bytes() throws IOException {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }

    /** What is not as it was, one clause a key that both know; another file where a run may have one is no difference. */
    List<String> differences(RunInputs now) {
        List<String> differences = new ArrayList<>();
        inputs.forEach((key, before) -> {
            Input after = now.inputs.get(key);
            if (after != null && (!after.free() || after.path().equals(before.path()))) {
                before.difference(after).ifPresent(what -> differences.add(what + " (" + key + ")"));
            }
        });
        return differences;
    }

    private static Map<String, String> files(Path path) {
        return files(path, Sha256::of);
    }

    /** How the content of a file is told. */
    interface Hash {
        String of(Path file) throws IOException;
    }

    /** Read again where files came or went meanwhile, as they do where somebody still copies them. */
    static Map<String, String> files(Path path, Hash hash) {
        for (int reading = 0; reading < MOST_READINGS; reading++) {
            try {
                List<Path> there = there(path);
                Map<String, String> files = new TreeMap<>();
                for (Path file : there) {
                    files.put(file.equals(path) ? "" : file.getFileName().toString(), hash.of(file));
                }
                if (there.equals(there(path))) {
                    return files;
                }
            } catch (NoSuchFileException gone) {
                // It went after it was listed.
            } catch (IOException refused) {
                throw RlhfException.resource("cannot read " + path + ": " + FileFault.reason(refused), refused);
            }
        }
        throw RlhfException.user("files of " + path + " come and go; begin when whatever writes there is done");
    }

    /** The files that are read or travel with what is read, in order. */
    private static List<Path> there(Path path) throws IOException {
        try (Stream<Path> found = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> file.equals(path) || OF_A_MODEL.contains(ending(file)))
                    .sorted()
                    .toList();
        }
    }

    private static String ending(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
