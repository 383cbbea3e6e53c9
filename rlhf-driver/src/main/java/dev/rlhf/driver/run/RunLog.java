package dev.rlhf.driver.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** {@code rlhf.log}: what every library and actor of this process logs, instead of the console. */
final class RunLog implements AutoCloseable {
    private final FileHandler file;

    private RunLog(FileHandler file) {
        this.file = file;
    }

    /** Appends to {@code path} from now on. */
    static RunLog to(Path path) throws IOException {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler file = new FileHandler(path.toString(), true);
        file.setFormatter(new SimpleFormatter());
        file.setLevel(Level.INFO);
        root.addHandler(file);
        return new RunLog(file);
    }

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(file);
        file.close();
    }
}
