package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.SafetensorsWriter.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the weights of a model directory are cut into files: one, {@value Checkpoint#FILE}, or several and {@value Checkpoint#INDEX},
 * as transformers cuts and names them.
 *
 * @param most bytes of numbers in a file, above 0; a tensor that has more gets a file of its own
 */
public record Shards(long most) {
    /** Files of at most 5 GB, the size that most models of the Hub are cut into. */
    public static final Shards USUAL = new Shards(5_000_000_000L);

    private static final Pattern SHARD = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");

    /** Throws BUG when there is no room for a number. */
    public Shards {
        if (most < 1) {
            throw RlhfException.bug("files of " + most + " bytes");
        }
    }

    /** Writes {@code tensors} in their order into {@code directory}; files of weights that are there already give way. */
    public void write(Path directory, NumberFormat format, Map<String, Tensor> tensors) {
        List<Map<String, Tensor>> parts = cut(format, tensors);
        Map<String, Map<String, Tensor>> files = new LinkedHashMap<>();
        for (Map<String, Tensor> part : parts) {
            files.put(name(files.size() + 1, parts.size()), part);
        }
        files.forEach((name, part) -> SafetensorsWriter.write(directory.resolve(name), format, part));
        if (files.size() > 1) {
            JsonFile.write(directory.resolve(Checkpoint.INDEX), index(format, files));
        }
        removeOthers(directory, files);
    }

    private List<Map<String, Tensor>> cut(NumberFormat format, Map<String, Tensor> tensors) {
        List<Map<String, Tensor>> parts = new ArrayList<>();
        Map<String, Tensor> part = new LinkedHashMap<>();
        long filled = 0;
        for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
            long bytes = tensor.getValue().elements() * format.bytes();
            if (bytes > most) {
                parts.add(Map.of(tensor.getKey(), tensor.getValue()));
                continue;
            }
            if (filled + bytes > most) {
                parts.add(part);
                part = new LinkedHashMap<>();
                filled = 0;
            }
            part.put(tensor.getKey(), tensor.getValue());
            filled += bytes;
        }
        if (!part.isEmpty() || parts.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    private static String name(int number, int count) {
        return count == 1
                ? Checkpoint.FILE
                : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", number, count);
    }

    private static ObjectNode index(NumberFormat format, Map<String, Map<String, Tensor>> files) {
        long bytes = 0;
        Map<String, String> homes = new TreeMap<>();
        for (Map.Entry<String, Map<String, Tensor>> file : files.entrySet()) {
            for (Map.Entry<String, Tensor> tensor : file.getValue().entrySet()) {
                homes.put(tensor.getKey(), file.getKey());
                bytes += tensor.getValue().elements() * format.bytes();
            }
        }
        ObjectNode index = JsonNodeFactory.instance.objectNode();
        index.putObject("metadata").put("total_size", bytes);
        homes.forEach(index.putObject("weight_map")::put);
        return index;
    }

    /** A file that stayed from an earlier cut would be read in place of these, or beside them. */
    private static void removeOthers(Path directory, Map<String, ?> files) {
        try (Stream<Path> there = Files.list(directory)) {
            for (Path file : there.toList()) {
                String name = file.getFileName().toString();
                boolean weights =
                        name.equals(Checkpoint.FILE) || SHARD.matcher(name).matches();
                boolean index = name.equals(Checkpoint.INDEX) && files.size() == 1;
                if (index || (weights && !files.containsKey(name))) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw FileFault.unwritten(directory, e);
        }
    }
}
