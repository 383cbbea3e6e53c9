package dev.rlhf.core.rollout;

import java.util.List;

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
        int[] all = new int[length()];
        int end = 0;
        for (Segment segment : segments) {
            System.arraycopy(segment.tokens(), 0, all, end, segment.tokens().length);
            end += segment.tokens().length;
        }
        return all;
    }

    /** Log-probs of all tokens, [T]; 0 where the policy did not draw one. */
    public float[] logProbs() {
        float[] all = new float[length()];
        int end = 0;
        for (Segment segment : segments) {
            System.arraycopy(segment.logProbs(), 0, all, end, segment.tokens().length);
            end += segment.tokens().length;
        }
        return all;
    }

    /** True on tokens that the policy drew, [T]. */
    public boolean[] mask() {
        boolean[] all = new boolean[length()];
        int end = 0;
        for (Segment segment : segments) {
            System.arraycopy(segment.mask(), 0, all, end, segment.tokens().length);
            end += segment.tokens().length;
        }
        return all;
    }

    private int length() {
        return segments.stream().mapToInt(segment -> segment.tokens().length).sum();
    }
}
