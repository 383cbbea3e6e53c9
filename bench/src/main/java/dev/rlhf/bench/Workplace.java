package dev.rlhf.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where and how the measurements are made.
 *
 * @param root the repository
 * @param folder an empty folder for models and logs
 * @param python interpreter of the peers
 * @param threads intra-op threads of either side, at least 1
 * @param pairs timed pairs of blocks of every benchmark, at least 1; empty for each benchmark's own number
 * @param smoke whether a pair of a few steps will do, which shows that both sides do the same and measures nothing
 */
record Workplace(Path root, Path folder, String python, int threads, OptionalInt pairs, boolean smoke) {
    /** One step would show of a preference loss no more than that it starts at log 2. */
    private static final int SMOKE_STEPS = 2;

    /** Folder of the peers' scripts. */
    Path peers() {
        return root.resolve("bench/peers");
    }

    /** What a benchmark asks for, or what was asked for here. */
    Comparison.Blocks blocks(Comparison.Blocks own) {
        if (smoke) {
            return new Comparison.Blocks(0, 1, Math.min(SMOKE_STEPS, own.steps()));
        }
        return new Comparison.Blocks(own.warmUp(), pairs.orElse(own.pairs()), own.steps());
    }

    /** The folder of a benchmark, made when it is not there. */
    Path folder(String benchmark) {
        try {
            return Files.createDirectories(folder.resolve(benchmark));
        } catch (IOException e) {
            throw RlhfException.resource("cannot make a folder for " + benchmark + ": " + e.getMessage(), e);
        }
    }

    /** Adds token ids to JSON for a peer, and returns it. */
    static ArrayNode add(ArrayNode json, int[] tokens) {
        for (int token : tokens) {
            json.add(token);
        }
        return json;
    }

    /** Writes JSON for a peer. */
    static Path write(Path file, JsonNode json) {
        try {
            return Files.writeString(file, json.toString());
        } catch (IOException e) {
            throw FileFault.unwritten(file, e);
        }
    }
}
