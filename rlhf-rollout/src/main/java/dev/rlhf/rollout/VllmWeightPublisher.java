package dev.rlhf.rollout;

import dev.rlhf.core.base.Deadline;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import java.util.Optional;

/** Gives weights to every server of a fleet, and again to one that was started anew. */
public final class VllmWeightPublisher implements WeightPublisher {
    private final VllmFleet fleet;
    private Optional<WeightSnapshot> current = Optional.empty();

    /** A publisher to the servers of {@code fleet}. */
    public VllmWeightPublisher(VllmFleet fleet) {
        this.fleet = fleet;
    }

    @Override
    public double publish(WeightSnapshot weights) {
        return publish(weights, Deadline.in(fleet.settings().deadline()));
    }

    /** Gives every server {@code weights}; a server that has them already is given them anew. */
    public double publish(WeightSnapshot weights, Deadline deadline) {
        current = Optional.of(weights);
        return fleet.each(endpoint -> endpoint.publish(weights, deadline)).stream()
                .mapToDouble(gap -> gap)
                .max()
                .orElse(0);
    }

    /** Gives {@code weights} to those servers that do not hold them. */
    public void ensure(WeightSnapshot weights, Deadline deadline) {
        current = Optional.of(weights);
        fleet.each(endpoint -> endpoint.holds(weights.version(), deadline) ? 0 : endpoint.publish(weights, deadline));
    }

    /** What was published last. */
    Optional<WeightSnapshot> current() {
        return current;
    }
}
