package dev.rlhf.core.reward;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose class a reward is, which decides whose mistake its failures are.
 *
 * @param kind its kind
 * @param jar the user's jar it comes from; empty for one of our own
 */
public record RewardOrigin(String kind, Optional<Path> jar) {
    /** The origin of a reward. */
    public static RewardOrigin of(RewardRecipe reward) {
        return new RewardOrigin(
                reward.kind(),
                reward.getClass().getClassLoader() instanceof RewardJar jar
                        ? Optional.of(jar.path())
                        : Optional.empty());
    }

    /**
     * What {@code work} of the reward's class gives.
     *
     * @param name name under which its scores are recorded
     * @throws RlhfException what it threw of our kinds; for anything else USER naming kind and jar where the class is a user's,
     *     else BUG
     */
    @SuppressWarnings("IllegalCatch") // a user's class may throw anything, and its author must hear where
    public <T> T guard(String name, Supplier<T> work) {
        try {
            return work.get();
        } catch (RlhfException known) {
            throw known;
        } catch (RuntimeException | LinkageError | StackOverflowError thrown) {
            StackTraceElement[] trace = thrown.getStackTrace();
            throw fault(name, "threw " + thrown + (trace.length == 0 ? "" : " at " + trace[0]), thrown);
        }
    }

    /** The failure of a reward of this origin, e.g. {@code gave NaN for prompt p:2}. */
    RlhfException fault(String name, String what, @Nullable Throwable cause) {
        String whose = name.equals(kind) ? "" : " of kind " + kind;
        return new RlhfException(
                jar.isPresent() ? ErrorKind.USER : ErrorKind.BUG,
                "reward " + name + whose + jar.map(path -> " in " + path).orElse("") + " " + what,
                cause);
    }
}
