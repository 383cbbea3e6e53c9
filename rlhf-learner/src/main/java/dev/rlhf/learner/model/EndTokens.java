package dev.rlhf.learner.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.files.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Ids that end a response. */
final class EndTokens {
    private static final String GENERATION = "generation_config.json";

    private EndTokens() {}

    /** Those of both files of a model directory that name some, in ascending order. */
    static List<Integer> of(Path modelDirectory) {
        Set<Integer> tokens = new TreeSet<>();
        for (String name : List.of(ModelConfig.FILE, GENERATION)) {
            Path named = modelDirectory.resolve(name);
            if (Files.exists(named)) {
                tokens.addAll(of(JsonFile.read(named), named));
            }
        }
        return List.copyOf(tokens);
    }

    /** Those that a file names. */
    static List<Integer> of(JsonNode json, Path file) {
        JsonNode node = json.path("eos_token_id");
        List<Integer> tokens = new ArrayList<>();
        if (node.isMissingNode() || node.isNull()) {
            return tokens;
        }
        for (JsonNode token : node.isArray() ? node : List.of(node)) {
            if (!token.isInt()) {
                throw RlhfException.user(file + ": eos_token_id must be a token id or a list of them, not " + node);
            }
            // −1 is how some say that there is none.
            if (token.asInt() >= 0) {
                tokens.add(token.asInt());
            }
        }
        return tokens;
    }
}
