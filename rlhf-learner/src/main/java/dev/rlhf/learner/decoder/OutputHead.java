package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.Precision;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.learner.engine.Backend;
import java.util.Set;

/**
 * What turns hidden states into outputs, and derivatives of outputs into derivatives of hidden states.
 *
 * <p>The derivatives are written out rather than recorded, so that a softmax over the vocabulary works in place.
 */
sealed interface OutputHead extends AutoCloseable permits LanguageModelHead, ScalarHead {
    /** Reads what is wanted of hidden states [N, D] through the head's matrix. */
    Reading read(
            NDManager scope, NDArray hidden, NDArray matrix, RowLayout rows, double temperature, Set<Output> wanted);

    @Override
    void close();

    /** Outputs of one read and the way back. */
    interface Reading {
        /** The outputs by row. */
        TokenOutputs outputs();

        /**
         * Derivatives of the hidden states [N, D], by outputs that were wanted; asked at most once.
         *
         * @param sum where the derivatives of the matrix go, shaped like it
         * @param onto whether they are added to what {@code sum} holds; else they replace it, whatever it is
         */
        NDArray gradients(TokenGradients gradients, NDArray sum, boolean onto);
    }

    /** Head of value and reward models: one number a hidden state. */
    static OutputHead scalar(Precision precision, Backend backend) {
        return ScalarHead.of(precision, backend);
    }

    /** Head of language models: log-probs and entropies. */
    static OutputHead languageModel(SoftCap cap, Precision precision, Backend backend) {
        return LanguageModelHead.of(cap, precision, backend, backend.chunkBytes());
    }
}
