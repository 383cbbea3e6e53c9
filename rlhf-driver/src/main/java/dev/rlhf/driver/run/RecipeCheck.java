package dev.rlhf.driver.run;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.DataPreview;
import dev.rlhf.driver.data.DataPreview.Example;
import dev.rlhf.driver.data.DataPreview.Lengths;
import dev.rlhf.driver.data.DataPreview.Token;
import dev.rlhf.driver.data.SpellingWords;
import dev.rlhf.driver.recipe.StageKinds;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a recipe's model is given to learn, in words, before anything is trained. */
public final class RecipeCheck {
    private static final String LEGEND =
            "examples: tokens are parted by |, those in [ ] are trained on; beneath them their ids";

    private static final String MODEL = "model.";

    private RecipeCheck() {}

    /**
     * Reads model and data of every stage as a run would; writes nothing but a tokenizer in a temporary folder.
     *
     * @return counts, lengths and the first examples of each data set
     * @throws RlhfException USER naming what a run would refuse
     */
    public static String describe(Recipe recipe) {
        return describe(recipe, Map.of());
    }

    /**
     * The same for a run on another machine: files that are not on this one are named, and neither they nor what is read with them looked at.
     *
     * @throws RlhfException USER naming what a run would refuse of all else
     */
    public static String describeForElsewhere(Recipe recipe) {
        Map<String, Path> absent = new LinkedHashMap<>();
        RunInputs.paths(recipe).forEach((key, path) -> {
            if (!Files.exists(path)) {
                absent.put(key, path);
            }
        });
        if (absent.isEmpty()) {
            return describe(recipe);
        }
        StringBuilder text = new StringBuilder("not looked at, since this machine does not have it:\n");
        absent.forEach((key, path) ->
                text.append("  ").append(key).append(": ").append(path).append('\n'));
        return absent.keySet().stream().anyMatch(key -> key.startsWith(MODEL))
                ? text + "nor were any data, which are read with the model's tokenizer"
                : text + "\n" + describe(recipe, absent);
    }

    private static String describe(Recipe recipe, Map<String, Path> absent) {
        List<StageRecipe> stages = recipe.stages().stream()
                .filter(stage ->
                        absent.keySet().stream().noneMatch(key -> key.startsWith("stages." + stage.name() + ".")))
                .toList();
        try {
            Path temporary = Files.createTempDirectory("rlhf-check");
            try {
                return describe(recipe, stages, temporary);
            } finally {
                DurableFiles.deleteTree(temporary);
            }
        } catch (IOException refused) {
            throw RlhfException.resource("no temporary folder: " + FileFault.reason(refused), refused);
        }
    }

    private static String describe(Recipe recipe, List<StageRecipe> stages, Path temporary) {
        Path model = recipe.model().tokenizer(temporary);
        stages.forEach(stage -> StageKinds.check(recipe, stage, model));
        int contextLength = ModelConfig.read(model).contextLength();
        StringBuilder text = new StringBuilder();
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(model)) {
            DataLoader data = new DataLoader(tokenizer, contextLength, SpellingWords.load());
            for (StageRecipe stage : stages) {
                for (DataPreview preview : StageKinds.preview(data, stage)) {
                    text.append("stages.").append(stage.name()).append('.');
                    append(text, preview);
                }
            }
        }
        return text + LEGEND;
    }

    private static void append(StringBuilder text, DataPreview preview) {
        text.append(preview.key()).append(": ").append(preview.source()).append("\n  ");
        text.append(preview.rows()).append(" rows; ");
        text.append(preview.train())
                .append(" to train on, ")
                .append(preview.heldOut())
                .append(" held out");
        text.append(preview.dropped() > 0 ? ", " + preview.dropped() + " dropped as too long" : "");
        text.append(preview.truncated() > 0 ? ", " + preview.truncated() + " cut as too long" : "");
        text.append("\n  prompts of ").append(words(preview.prompts()));
        text.append(preview.responses().longest() > 0 ? "; responses of " + words(preview.responses()) : "");
        text.append('\n');
        preview.examples().forEach(example -> append(text, example));
        text.append('\n');
    }

    private static void append(StringBuilder text, Example example) {
        text.append("  ").append(example.place()).append("\n    ");
        boolean first = true;
        for (Token token : example.tokens()) {
            String shown = shown(token);
            text.append(token.trained() ? "[" + shown + "]" : (first ? "" : "|") + shown);
            first = token.trained();
        }
        text.append("\n    ");
        text.append(example.tokens().stream()
                .map(token -> String.valueOf(token.id()))
                .collect(Collectors.joining(" ")));
        text.append('\n');
    }

    /** A token that is a part of a character, or none that could be seen, is shown by what can be seen. */
    private static String shown(Token token) {
        if (token.text().isEmpty()) {
            return "#" + token.id();
        }
        return token.text()
                .codePoints()
                .mapToObj(code -> switch (code) {
                    case '\n' -> "\\n";
                    case '\r' -> "\\r";
                    case '\t' -> "\\t";
                    default ->
                        Character.isISOControl(code)
                                ? String.format(Locale.ROOT, "\\u%04x", code)
                                : Character.toString(code);
                })
                .collect(Collectors.joining());
    }

    private static String words(Lengths lengths) {
        return lengths.shortest() + " to " + lengths.longest() + " tokens (mean "
                + String.format(Locale.ROOT, "%.1f", lengths.mean()) + ")";
    }
}
