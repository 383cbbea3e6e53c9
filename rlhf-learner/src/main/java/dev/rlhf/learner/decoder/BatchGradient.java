package dev.rlhf.learner.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.engine.ScriptModule;
import dev.rlhf.learner.model.Parameters;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The gradient of a batch, one number for each weight, to which the parts of the batch add layer by layer.
 *
 * <p>Parts are computed side by side, and floating-point sums depend on their order. So the first part adds straight into the sum, the
 * others compute a layer's share apart; each layer is added to in the order of runs, and within a run in the order of parts, whichever
 * thread is faster. No more than one layer a thread is ever held twice.
 */
public final class BatchGradient implements AutoCloseable {
    /** How long a part waits for another's share of a layer. */
    private static final long DEADLINE_MILLIS = 30 * 60_000L;

    private final ScriptModule module;
    private final Parameters sum;
    private final List<NDList> leaves;
    /** Shares added to each layer so far. */
    private final int[] added;
    /** Runs of each part. */
    private int[] runs = {};

    private boolean failed;

    BatchGradient(ScriptModule module, Parameters weights) {
        this.module = module;
        this.sum = Parameters.zerosBeside(weights);
        this.leaves = Decoder.byLayer(sum);
        this.added = new int[leaves.size()];
    }

    /** Back to zero, for parts with so many runs each. */
    public synchronized void begin(int[] runsOfEach) {
        module.perform("zero", sum.leaves());
        runs = runsOfEach.clone();
        failed = false;
        Arrays.fill(added, 0);
    }

    /** Which share of a batch a pass is. */
    public record Share(int part, int run) {}

    /** Nobody waits any longer: a part has failed. */
    public synchronized void fail() {
        failed = true;
        notifyAll();
    }

    /**
     * Adds to a layer once it is this share's turn.
     *
     * @param times how often a share adds to this layer
     * @param time which of these this is
     * @param work adds to the tensors that it is given, one a leaf
     */
    void add(int layer, Share share, int times, int time, Consumer<NDList> work) {
        int turn = turn(share, times, time);
        if (share.part() == 0) {
            await(layer, turn);
            work.accept(leaves.get(layer));
        } else {
            try (NDManager scope = sum.backend().open()) {
                NDList apart = new NDList();
                for (NDArray leaf : leaves.get(layer)) {
                    apart.add(scope.zeros(leaf.getShape()));
                }
                work.accept(apart);
                await(layer, turn);
                module.perform("plus", leaves.get(layer), apart);
            }
        }
        done(layer);
    }

    /** How many shares come before: all of earlier runs, then those of this run by time and part. */
    private int turn(Share share, int times, int time) {
        int before = 0;
        for (int part = 0; part < runs.length; part++) {
            before += times * Math.min(runs[part], share.run());
            if (runs[part] > share.run()) {
                before += part < share.part() ? time + 1 : time;
            }
        }
        return before;
    }

    private synchronized void await(int layer, int turn) {
        long deadline = System.nanoTime() + DEADLINE_MILLIS * 1_000_000;
        while (added[layer] != turn) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (failed || left <= 0) {
                throw RlhfException.bug(
                        failed
                                ? "another part of the batch failed"
                                : "another part of the batch did not add to layer " + layer + " within "
                                        + DEADLINE_MILLIS / 60_000 + " minutes");
            }
            try {
                wait(left);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw RlhfException.resource("interrupted while a batch was computed", interrupted);
            }
        }
    }

    private synchronized void done(int layer) {
        added[layer]++;
        notifyAll();
    }

    /** The derivatives by each leaf. */
    public NDList leaves() {
        return sum.leaves();
    }

    @Override
    public void close() {
        sum.close();
    }
}
