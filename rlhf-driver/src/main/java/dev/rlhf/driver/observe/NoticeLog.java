package dev.rlhf.driver.observe;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Puts what people are told into the run's log as well. */
public final class NoticeLog implements RunObserver {
    private static final Logger LOG = System.getLogger(NoticeLog.class.getName());

    @Override
    public void notice(String message) {
        LOG.log(Level.INFO, message);
    }
}
