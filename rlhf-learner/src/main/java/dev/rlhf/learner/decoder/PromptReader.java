package dev.rlhf.learner.decoder;

import static dev.rlhf.learner.decoder.CachedDecoder.ROW_MULTIPLE;
import static dev.rlhf.learner.decoder.CachedDecoder.longs;
import static dev.rlhf.learner.decoder.CachedDecoder.roundUp;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Reads whole prompts, those of the same padded length together.
 *
 * @param module {@link CachedSource}'s
 * @param rotary cosines and sines by position
 * @param span the numbers from 0 on, one a position
 */
record PromptReader(ScriptModule module, Parameters parameters, NDList rotary, NDArray span) {
    /** Prompts are padded to a multiple of this; a prompt's padded length must depend on nothing but its own. */
    static final int PROMPT_MULTIPLE = 8;

    /** Most tokens of prompts read together. */
    static final int PROMPT_TOKENS = 2048;

    /**
     * Reads prompts of 1 to context-length tokens.
     *
     * @return one prefix a prompt, in their order; each must be closed
     */
    List<Prefix> read(List<int[]> prompts) {
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        for (int i = 0; i < prompts.size(); i++) {
            int padded = roundUp(prompts.get(i).length, PROMPT_MULTIPLE);
            byLength.computeIfAbsent(padded, length -> new ArrayList<>()).add(i);
        }
        Prefix[] prefixes = new Prefix[prompts.size()];
        try {
            byLength.forEach((padded, all) -> {
                int most = Math.max(1, PROMPT_TOKENS / padded);
                for (int from = 0; from < all.size(); from += most) {
                    read(prompts, padded, all.subList(from, Math.min(all.size(), from + most)), prefixes);
                }
            });
        } catch (RuntimeException failure) {
            Arrays.stream(prefixes).filter(Objects::nonNull).forEach(Prefix::close);
            throw failure;
        }
        return Arrays.asList(prefixes);
    }

    /** Logits of the token after each position of {@code tokens} [P], row after row, at least P rows; must be closed. */
    Logits logits(int[] tokens) {
        int padded = roundUp(tokens.length, PROMPT_MULTIPLE);
        long[] positions = new long[roundUp(tokens.length, ROW_MULTIPLE)];
        Arrays.setAll(positions, i -> Math.min(i, tokens.length - 1));
        NDManager owner = NativeScope.open();
        NDList read = prefill(owner, longs(tokens, padded), new Shape(1, padded), positions);
        return new Logits(owner, module, read.get(read.size() - 1));
    }

    private void read(List<int[]> prompts, int padded, List<Integer> chosen, Prefix[] into) {
        long[] tokens = new long[chosen.size() * padded];
        long[] last = new long[roundUp(chosen.size(), ROW_MULTIPLE)];
        for (int row = 0; row < chosen.size(); row++) {
            int[] prompt = prompts.get(chosen.get(row));
            for (int i = 0; i < prompt.length; i++) {
                tokens[row * padded + i] = prompt[i];
            }
            last[row] = (long) row * padded + prompt.length - 1;
        }
        NDManager owner = NativeScope.open();
        NDList read = prefill(owner, tokens, new Shape(chosen.size(), padded), last);
        Logits logits = new Logits(owner, module, read.get(read.size() - 1));
        Prefix.Reading reading = new Prefix.Reading(read, logits, chosen.size());
        for (int row = 0; row < chosen.size(); row++) {
            into[chosen.get(row)] = new Prefix(reading, row, prompts.get(chosen.get(row)).length);
        }
    }

    private NDList prefill(NDManager owner, long[] tokens, Shape shape, long[] last) {
        try {
            return module.callForList(
                    owner,
                    "prefill",
                    parameters.leaves(),
                    owner.create(tokens, shape),
                    rotary,
                    span,
                    matrix(),
                    owner.create(last));
        } catch (RuntimeException failure) {
            owner.close();
            throw failure;
        }
    }

    /** What hidden states are read through. */
    NDArray matrix() {
        return parameters.leaves().get(parameters.layout().head());
    }
}
