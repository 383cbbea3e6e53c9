package dev.rlhf.core.rollout;

import dev.rlhf.core.base.RlhfException;
import java.net.URI;
import java.util.ServiceLoader;

/**
 * Starts generation servers in this process, for who needs one of its own.
 *
 * <p>{@link ServiceLoader} finds it, so that only who starts a program must have a server on its class path.
 */
public interface GenerationHost {
    /**
     * Loads a model and serves it.
     *
     * @throws RlhfException USER naming the file when the model cannot be read, or the port when it is taken
     */
    Running start(GenerationSettings settings, ServerAccess access);

    /** A server that runs until it is closed. */
    interface Running extends AutoCloseable {
        /** Where it listens. */
        URI endpoint();

        @Override
        void close();
    }

    /** The one on the class path; throws BUG when there is none. */
    static GenerationHost find() {
        return ServiceLoader.load(GenerationHost.class, GenerationHost.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> RlhfException.bug("no generation server is on the class path; add rlhf-serve"));
    }
}
