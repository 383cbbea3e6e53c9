package dev.rlhf.core.rollout;

import java.util.List;
import java.util.function.Function;

/**
 * All that follows a prompt: what the model wrote and, between its turns, what an environment answered.
 *
 * @param segments in order, at least one
 */
public record Trajectory(List<Segment> segments) {
    /** Keeps its own copy of {@code segments}. */
    public Trajectory {
        segments = List.copyOf(segments);
    }

    /** Token ids of all segments, [T]. */
    public int[] tokens() {
        return joined(Segment::tokens, new int[length()]);
    }

    /** Log-probs of all tokens, [T]; 0 where the policy did not draw one. */
    public float[] logProbs() {
        return joined(Segment::logProbs, new float[length()]);
    }

    /** True on tokens that the policy drew, [T]. */
    public boolean[] mask() {
        return joined(Segment::mask, new boolean[length()]);
    }

    /** Number of tokens that the policy drew. */
    public int drawn() {
        return segments.stream()
                .filter(Segment::isDrawn)
                .mapToInt(segment -> segment.tokens().length)
                .sum();
    }

    /** The arrays of all segments, one after the other, in {@code all}. */
    private <A> A joined(Function<Segment, A> part, A all) {
        int end = 0;
        for (Segment segment : segments) {
            int count = segment.tokens().length;
            System.arraycopy(part.apply(segment), 0, all, end, count);
            end += count;
        }
        return all;
    }

    private int length() {
        return segments.stream().mapToInt(segment -> segment.tokens().length).sum();
    }
}
