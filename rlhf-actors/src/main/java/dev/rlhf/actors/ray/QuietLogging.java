package dev.rlhf.actors.ray;

import java.lang.System.Logger;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;

/** Sends what Ray's log4j says of its own set-up to our log; it would be printed between the lines of the run. */
final class QuietLogging implements StatusListener {
    private static final Logger LOG = System.getLogger(QuietLogging.class.getName());

    private QuietLogging() {}

    /** Listens from now on, in place of the console. */
    static void install() {
        StatusLogger.getLogger().registerListener(new QuietLogging());
    }

    @Override
    public void log(StatusData data) {
        LOG.log(Logger.Level.WARNING, data.getFormattedStatus());
    }

    @Override
    public Level getStatusLevel() {
        return Level.WARN;
    }

    @Override
    public void close() {
        // It lives as long as the process.
    }
}
