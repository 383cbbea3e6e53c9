package dev.rlhf.driver.submit;

/** What Ray says of a job. */
public enum JobState {
    /** It waits for its packages, or for room. */
    PENDING(false),
    /** Its driver runs. */
    RUNNING(false),
    /** Somebody had it stopped. */
    STOPPED(true),
    /** Its driver ended with exit code 0. */
    SUCCEEDED(true),
    /** Its driver ended otherwise, or could not be started, or was lost. */
    FAILED(true);

    private final boolean ended;

    JobState(boolean ended) {
        this.ended = ended;
    }

    /** Whether nothing follows any more. */
    public boolean ended() {
        return ended;
    }
}
