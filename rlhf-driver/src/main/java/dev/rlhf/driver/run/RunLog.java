package dev.rlhf.driver.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.ErrorManager;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** {@code rlhf.log}: what every library and actor of this process logs, instead of the console. */
final class RunLog implements AutoCloseable {
    private final Path path;
    private final FileHandler file;
    private final FirstFailure failure = new FirstFailure();

    private RunLog(Path path, FileHandler file) {
        this.path = path;
        this.file = file;
        file.setErrorManager(failure);
    }

    /** Keeps what went wrong with a line, which by default would be shown as a stack trace. */
    private static final class FirstFailure extends ErrorManager {
        private @Nullable Exception first;

        @Override
        public synchronized void error(@Nullable String message, @Nullable Exception failed, int code) {
            if (first == null) {
                first = failed;
            }
        }

        synchronized @Nullable Exception first() {
            return first;
        }
    }

    /** Appends to {@code path} from now on. */
    static RunLog to(Path path) throws IOException {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler file = new FileHandler(path.toString(), true);
        file.setFormatter(new LogLine());
        file.setLevel(Level.INFO);
        root.addHandler(file);
        return new RunLog(path, file);
    }

    /** Closes the file; throws IOException when a line could not be written. */
    @Override
    public void close() throws IOException {
        Logger.getLogger("").removeHandler(file);
        file.close();
        Exception first = failure.first();
        if (first != null) {
            throw new IOException(path + " lacks lines: " + first.getMessage(), first);
        }
    }
}
