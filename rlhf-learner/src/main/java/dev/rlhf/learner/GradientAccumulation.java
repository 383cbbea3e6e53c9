package dev.rlhf.learner;

import ai.djl.ndarray.NDManager;
import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.update.Experience;
import dev.rlhf.core.update.Needs;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.TokenGradients;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import dev.rlhf.learner.decoder.BatchGradient;
import dev.rlhf.learner.decoder.Decoder;
import dev.rlhf.learner.files.BatchDump;
import dev.rlhf.learner.optimise.MicroBatches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/** Adds up loss and gradient of a batch: its parts side by side, their runs one after the other. */
final class GradientAccumulation {
    /** Positions computed for each token of the rows: below 1 where prompts are shared; padding would be above. */
    private static final String COMPUTED = "computed_positions";

    /** Share of rows of which nothing is learnt, as none of their tokens has an advantage; they are left out on the way back. */
    private static final String STILL = "still_rows";

    private final DjlNetwork network;
    private final BatchGradient gradient;
    private final TrainingBatch batch;
    private final Objective objective;
    private final BatchDump dump;
    private final Objective.Prepared prepared;
    /** What the first part that failed threw; the others only tell of it. */
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();

    private GradientAccumulation(
            DjlNetwork network,
            BatchGradient gradient,
            TrainingBatch batch,
            Objective objective,
            BatchDump dump,
            Objective.Prepared prepared) {
        this.network = network;
        this.gradient = gradient;
        this.batch = batch;
        this.objective = objective;
        this.dump = dump;
        this.prepared = prepared;
    }

    /**
     * Loss of a batch whose rows are in the order of {@link #movingFirst}.
     *
     * @param gradient holds the batch's afterwards
     * @throws dev.rlhf.core.base.RlhfException DIVERGED when an output of the network is not a finite number
     */
    static Sum of(
            DjlNetwork network, BatchGradient gradient, TrainingBatch batch, Objective objective, BatchDump dump) {
        Needs needs = objective.needs();
        Optional<TokenOutputs> firstPass = needs.firstPass()
                ? Optional.of(network.evaluate(batch.sequences(), batch.temperature(), needs.outputs()))
                : Optional.empty();
        Objective.Prepared prepared = objective.prepare(batch, firstPass);
        return new GradientAccumulation(network, gradient, batch, objective, dump, prepared).sum();
    }

    /** The batch with the rows that can move a weight before those that cannot; rows in pairs stay where they are. */
    static TrainingBatch movingFirst(TrainingBatch batch, Objective objective) {
        if (objective.needs().rowsPerUnit() > 1 || batch.rows().stream().allMatch(objective::moves)) {
            return batch;
        }
        List<Experience> rows = new ArrayList<>(batch.rows());
        rows.sort(Comparator.comparing(row -> !objective.moves(row)));
        return new TrainingBatch(rows, batch.temperature(), batch.maxTokens());
    }

    private Sum sum() {
        List<TokenSequence> rows = batch.sequences();
        int moving = moving();
        Sum sum = new Sum();
        learn(rows.subList(0, moving)).forEach(sum::add);
        List<DjlNetwork.Part> still = network.parts(rows.subList(moving, rows.size()), 1);
        network.sideBySide(still, part -> watch(moving, part)).forEach(sum::add);
        sum.statistics.put(STILL, (rows.size() - moving) / (double) Math.max(1, rows.size()));
        return sum;
    }

    /** How many rows there are before those at the end that can move no weight. */
    private int moving() {
        List<Experience> rows = batch.rows();
        int moving = rows.size();
        while (objective.needs().rowsPerUnit() == 1 && moving > 0 && !objective.moves(rows.get(moving - 1))) {
            moving--;
        }
        return moving;
    }

    private List<Sum> learn(List<TokenSequence> rows) {
        List<DjlNetwork.Part> parts = network.parts(rows, objective.needs().rowsPerUnit());
        gradient.begin(parts.stream().mapToInt(part -> part.runs().size()).toArray());
        try {
            return network.sideBySide(parts, this::learn);
        } catch (RuntimeException later) {
            RuntimeException cause = failure.get();
            throw cause == null ? later : cause;
        }
    }

    private Sum learn(DjlNetwork.Part part) {
        Sum sum = new Sum();
        try {
            for (int run = 0; run < part.runs().size(); run++) {
                MicroBatches.Slice slice = part.runs().get(run);
                try (NDManager scope = network.decoder().open()) {
                    Decoder.Pass pass = forward(scope, slice, true);
                    TokenGradients coefficients = coefficients(slice.first(), pass);
                    sum.add(pass, coefficients);
                    pass.gradients(gradient, new BatchGradient.Share(part.index(), run), coefficients);
                }
            }
            return sum;
        } catch (RuntimeException mine) {
            failure.compareAndSet(null, mine);
            gradient.fail();
            throw mine;
        }
    }

    /** Loss and statistics of rows that move nothing; {@code from} is where in the batch they begin. */
    private Sum watch(int from, DjlNetwork.Part part) {
        Sum sum = new Sum();
        for (MicroBatches.Slice run : part.runs()) {
            try (NDManager scope = network.decoder().open()) {
                MicroBatches.Slice place = new MicroBatches.Slice(from + run.first(), from + run.end());
                Decoder.Pass pass = forward(scope, place, false);
                sum.add(pass, coefficients(place.first(), pass));
            }
        }
        return sum;
    }

    /** What the network says of some rows. */
    private Decoder.Pass forward(NDManager scope, MicroBatches.Slice rows, boolean learns) {
        Decoder.Pass pass = network.decoder()
                .forward(
                        scope,
                        rows.of(batch.sequences()),
                        batch.temperature(),
                        objective.needs().outputs(),
                        learns);
        dump.said(rows.first(), pass.outputs());
        DjlNetwork.requireFinite(pass.outputs());
        return pass;
    }

    /** What the objective makes of it. */
    private TokenGradients coefficients(int first, Decoder.Pass pass) {
        TokenGradients coefficients = objective.at(prepared, first, pass.outputs());
        dump.asked(first, coefficients);
        return coefficients;
    }

    /** Loss and statistics of some rows, which add up. */
    static final class Sum {
        private final Map<String, Double> statistics = new TreeMap<>();
        private final Map<String, Double> largest = new TreeMap<>();
        private double loss;
        private long positions;

        private Sum() {}

        private void add(Decoder.Pass pass, TokenGradients coefficients) {
            loss += coefficients.loss();
            positions += pass.positions();
            add(coefficients.statistics(), coefficients.largest());
        }

        private void add(Sum part) {
            loss += part.loss;
            positions += part.positions;
            add(part.statistics, part.largest);
        }

        private void add(Map<String, Double> shares, Map<String, Double> more) {
            shares.forEach((name, value) -> statistics.merge(name, value, Double::sum));
            more.forEach((name, value) -> largest.merge(name, value, Math::max));
        }

        double loss() {
            return loss;
        }

        /**
         * What a step tells of itself.
         *
         * @param norm of the gradient
         * @param rate the learning rate
         * @param tokens of the batch's rows
         */
        UpdateReport report(double norm, double rate, int tokens) {
            Map<String, Double> all = new TreeMap<>(statistics);
            all.putAll(largest);
            all.put(COMPUTED, positions / (double) Math.max(1, tokens));
            return new UpdateReport(loss, norm, rate, tokens, all);
        }
    }
}
