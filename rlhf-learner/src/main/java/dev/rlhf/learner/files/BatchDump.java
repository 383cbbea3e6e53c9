package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a batch while a step is taken on it, written as JSON when its numbers are not finite.
 *
 * <p>Each row has its token ids, its inputs by name, what the network {@code said} of it and what the objective {@code asked} for (dL/dlogp,
 * dL/dH, dL/dV), as far as the step came; {@code first_row} is the first with a number in them that is not finite, null where there is none
 * and the fault lies in the backward pass. Several threads may tell of their rows at once.
 */
public final class BatchDump {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final @Nullable String file;
    private final TrainingBatch batch;
    private final Map<Integer, TokenOutputs> said = new TreeMap<>();
    private final Map<Integer, TokenGradients> asked = new TreeMap<>();
    private final ObjectNode numbers = JSON.objectNode();

    /**
     * Nothing is known yet.
     *
     * @param file absolute path of the file to write, or null for none
     */
    public BatchDump(@Nullable String file, long optimiserStep, TrainingBatch batch) {
        this.file = file;
        this.batch = batch;
        numbers.put("optimiser_step", optimiserStep).put("temperature", batch.temperature());
    }

    /** What the network says of the rows from {@code first} on. */
    public synchronized void said(int first, TokenOutputs outputs) {
        said.put(first, outputs);
    }

    /** What the objective asks for the rows from {@code first} on. */
    public synchronized void asked(int first, TokenGradients coefficients) {
        asked.put(first, coefficients);
    }

    /** Loss and gradient norm of the whole batch. */
    public void sum(double loss, double norm) {
        numbers.put("loss", loss).put("gradient_norm", norm);
    }

    /**
     * Takes the step.
     *
     * @throws RlhfException what {@code step} throws; one of kind DIVERGED names the file that the batch was written to
     */
    public <T> T around(Supplier<T> step) {
        try {
            return step.get();
        } catch (RlhfException failure) {
            if (failure.kind() != ErrorKind.DIVERGED || file == null) {
                throw failure;
            }
            String message = failure.getMessage() + "; " + write(Path.of(file), String.valueOf(failure.getMessage()));
            throw new RlhfException(ErrorKind.DIVERGED, message, failure);
        }
    }

    private synchronized String write(Path to, String failure) {
        try {
            JsonFile.write(to, json(failure));
            return "its batch is in " + to;
        } catch (RlhfException refused) {
            // The step's own failure matters more.
            return "its batch could not be kept: " + refused.getMessage();
        }
    }

    private ObjectNode json(String failure) {
        ArrayNode rows = JSON.arrayNode();
        Integer broken = null;
        for (int i = 0; i < batch.rows().size(); i++) {
            Row row = new Row(batch.rows().get(i));
            for (Map.Entry<Integer, TokenOutputs> part : said.entrySet()) {
                TokenOutputs outputs = part.getValue();
                row.add("said", i - part.getKey(), outputs.logProbs(), outputs.entropies(), outputs.values());
            }
            for (Map.Entry<Integer, TokenGradients> part : asked.entrySet()) {
                TokenGradients wanted = part.getValue();
                row.add("asked", i - part.getKey(), wanted.logProbs(), wanted.entropies(), wanted.values());
            }
            rows.add(row.json);
            broken = broken == null && !row.finite ? Integer.valueOf(i) : broken;
        }
        ObjectNode json = JSON.objectNode().put("failure", failure);
        json.setAll(numbers);
        json.put("first_row", broken).set("rows", rows);
        return json;
    }

    /** A row as JSON, and whether all of its numbers are finite. */
    private static final class Row {
        private final ObjectNode json = JSON.objectNode();
        private boolean finite = true;

        Row(Experience row) {
            ArrayNode tokens = json.putArray("tokens");
            for (int token : row.sequence().tokens()) {
                tokens.add(token);
            }
            json.put("prompt_length", row.sequence().promptLength());
            ArrayNode mask = json.putArray("trained");
            for (boolean trained : row.mask()) {
                mask.add(trained);
            }
            json.put("label", row.label().name().toLowerCase(Locale.ROOT));
            ObjectNode inputs = json.putObject("inputs");
            row.known().forEach((input, known) -> put(inputs, input.name().toLowerCase(Locale.ROOT), known));
        }

        /** Adds what is known of this row, which is number {@code row} of its part, or of another one. */
        void add(String what, int row, float[][] logProbs, float[][] entropies, float[][] values) {
            put(what, "log_probs", logProbs, row);
            put(what, "entropies", entropies, row);
            put(what, "values", values, row);
        }

        private void put(String what, String name, float[][] part, int row) {
            if (row >= 0 && row < part.length) {
                put(json.withObjectProperty(what), name, part[row]);
            }
        }

        private void put(ObjectNode to, String name, float[] known) {
            ArrayNode list = to.putArray(name);
            for (float number : known) {
                finite &= Float.isFinite(number);
                list.add(number);
            }
        }
    }
}
