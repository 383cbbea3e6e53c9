package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tensors of a model: one safetensors file, or several named by an index. All headers are read when it is opened. */
public final class Checkpoint {
    /** Name of the weights in a model directory that has them in one file. */
    public static final String FILE = "model.safetensors";

    /** Name of the list of weights in a model directory that has them in several. */
    public static final String INDEX = "model.safetensors.index.json";

    /** A file beside the index; a path that leads elsewhere is none. */
    private static final Pattern SHARD = Pattern.compile("[ -~&&[^/\\\\]]+\\.safetensors");

    private static final Pattern OTHER_WEIGHTS = Pattern.compile(".*\\.(bin|pt|pth|ckpt|gguf|h5|msgpack|safetensors)");

    private final Path place;
    private final Map<String, Safetensors> homes;

    private Checkpoint(Path place, Map<String, Safetensors> homes) {
        this.place = place;
        this.homes = homes;
    }

    /** One file; USER naming it when it is missing or damaged. */
    public static Checkpoint ofFile(Path file) {
        Safetensors tensors = Safetensors.open(file);
        Map<String, Safetensors> homes = new LinkedHashMap<>();
        tensors.names().forEach(name -> homes.put(name, tensors));
        return new Checkpoint(file, homes);
    }

    /**
     * The weights of a model directory, as transformers looks for them: {@value #FILE}, else what {@value #INDEX} names.
     *
     * @throws RlhfException USER naming the file that is missing or damaged, and saying what to do with weights of another kind
     */
    public static Checkpoint ofDirectory(Path directory) {
        Path file = directory.resolve(FILE);
        Path index = directory.resolve(INDEX);
        if (Files.exists(file) || !Files.exists(index)) {
            if (!Files.exists(file)) {
                throw RlhfException.user(nothingToRead(directory));
            }
            return ofFile(file);
        }
        return ofIndex(directory, index);
    }

    private static Checkpoint ofIndex(Path directory, Path index) {
        JsonNode map = JsonFile.readOnce(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw RlhfException.user(index + " has no weight_map, which says which file each weight is in");
        }
        Map<String, Safetensors> files = new LinkedHashMap<>();
        Map<String, Safetensors> homes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String tensor = entry.getKey();
            String name = entry.getValue().isTextual() ? entry.getValue().asText() : "";
            if (!SHARD.matcher(name).matches()) {
                throw RlhfException.user(index + " says that " + tensor + " is in " + entry.getValue()
                        + ", which is not the name of a safetensors file beside it");
            }
            Path file = directory.resolve(name);
            if (!files.containsKey(name) && !Files.exists(file)) {
                throw RlhfException.user(
                        "no such file: " + file + ", though " + index + " says that it holds " + tensor);
            }
            Safetensors home = files.computeIfAbsent(name, absent -> Safetensors.open(file));
            if (!home.names().contains(tensor)) {
                throw RlhfException.user(home.file() + " has no tensor " + tensor + ", though " + index + " says so");
            }
            homes.put(tensor, home);
        }
        // As transformers: what a file holds counts, whether or not the index lists it.
        files.values().forEach(home -> home.names().forEach(name -> homes.putIfAbsent(name, home)));
        return new Checkpoint(index, homes);
    }

    private static String nothingToRead(Path directory) {
        Path weights = directory.resolve(FILE);
        if (Files.isSymbolicLink(weights)) {
            return weights + " is a link to a file that is not there; copy the model again, with what its links name";
        }
        List<String> others = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> OTHER_WEIGHTS.matcher(name).matches())
                    .sorted()
                    .forEach(others::add);
        } catch (IOException e) {
            throw RlhfException.user("cannot read the folder " + directory + ": " + e.getMessage());
        }
        String missing = "no such file: " + directory.resolve(FILE) + ", nor " + INDEX + " beside it";
        return others.isEmpty()
                ? missing
                : missing + "; weights are read from safetensors files of these names alone, not from " + others.get(0)
                        + ": load the model with transformers and call save_pretrained, which writes them";
    }

    /** The file, or the index of several, for messages. */
    public Path place() {
        return place;
    }

    /** The files it is read from: the one, or the index and those it names. */
    public List<Path> files() {
        return Stream.concat(Stream.of(place), homes.values().stream().map(Safetensors::file))
                .distinct()
                .toList();
    }

    /** Whether there is such a tensor. */
    public boolean has(String name) {
        return homes.containsKey(name);
    }

    /** Names of the tensors whose numbers we can read, in the order of the files. */
    public List<String> readable() {
        return homes.keySet().stream()
                .filter(name -> home(name).readableFormat(name).isPresent())
                .toList();
    }

    /** A tensor's numbers, read in windows as they are asked for. */
    public Numbers numbers(String name) {
        return home(name).numbers(name);
    }

    /** The format that most tensors have of those we can read. */
    public NumberFormat usualFormat() {
        Map<NumberFormat, Long> counts = homes.entrySet().stream()
                .flatMap(entry -> entry.getValue().readableFormat(entry.getKey()).stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(NumberFormat.F32);
    }

    /** Sizes of a tensor's axes; USER naming it when it is not there or none we can read. */
    public long[] shape(String name) {
        return home(name).shape(name);
    }

    /** The file a tensor is in. */
    public Path file(String name) {
        return home(name).file();
    }

    /** Reads a tensor's numbers. */
    public void read(String name, Numbers into) {
        home(name).read(name, into);
    }

    /** Whether two tensors have the same type, shape and bytes. */
    public boolean same(String one, String other) {
        return home(one).same(one, home(other), other);
    }

    private Safetensors home(String name) {
        Safetensors home = homes.get(name);
        if (home == null) {
            throw RlhfException.user(place + " has no tensor " + name);
        }
        return home;
    }
}
