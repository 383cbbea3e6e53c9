package dev.rlhf.learner.files;

import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What lies beside a model's weights and travels with it: tokenizer, chat template, generation settings, licence.
 *
 * <p>That is every file of the directory but its weights, its config.json, data and hidden files; folders stay behind.
 */
public final class Companions {
    private static final Pattern LEFT = Pattern.compile("\\..*|config\\.json|manifest\\.json"
            + "|.*\\.(safetensors|safetensors\\.index\\.json|bin|bin\\.index\\.json|pt|pth|ckpt|gguf|ggml|onnx|onnx_data|h5"
            + "|msgpack|npz|npy|pkl|tar|gz|zip|zst|jsonl|parquet|arrow|csv|tsv|log|tmp)");

    private Companions() {}

    /** Copies them into {@code target}, a directory that is there; copying onto itself does nothing. */
    public static void copy(Path source, Path target) {
        try {
            if (Files.isSameFile(source, target)) {
                return;
            }
            for (Path file : in(source)) {
                Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw RlhfException.resource(
                    "cannot copy what belongs to the model from " + source + " to " + target + ": " + e.getMessage(),
                    e);
        }
    }

    private static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !LEFT.matcher(file.getFileName().toString().toLowerCase(Locale.ROOT))
                            .matches())
                    .sorted()
                    .toList();
        }
    }
}
