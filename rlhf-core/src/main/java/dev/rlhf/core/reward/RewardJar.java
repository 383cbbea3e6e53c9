package dev.rlhf.core.reward;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.InputFile;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;

/** A user's jar with kinds of reward, over our own classes; it stays open as long as its classes are in use. */
final class RewardJar extends URLClassLoader {
    private static final String SERVICES = "META-INF/services/" + RewardKind.class.getName();

    private final Path path;

    private RewardJar(Path path, URL address) {
        super(new URL[] {address}, RewardJar.class.getClassLoader());
        this.path = path;
    }

    /** Opens a jar; throws USER naming it when it is none. */
    static RewardJar open(Path path) {
        InputFile.require(path);
        try (ZipFile archive = new ZipFile(path.toFile())) {
            if (archive.getEntry(SERVICES) == null) {
                throw noKind(path);
            }
            return new RewardJar(path, path.toUri().toURL());
        } catch (MalformedURLException e) {
            throw RlhfException.bug(path + " has no address: " + e.getMessage());
        } catch (IOException broken) {
            throw RlhfException.user(path + " is no jar: " + broken.getMessage());
        }
    }

    Path path() {
        return path;
    }

    /**
     * The records of its kinds, at least one.
     *
     * @throws RlhfException USER naming jar and class when a class cannot be loaded
     */
    List<Class<? extends RewardRecipe>> recipes() {
        try {
            List<Class<? extends RewardRecipe>> recipes = ServiceLoader.load(RewardKind.class, this).stream()
                    .filter(provider -> provider.type().getClassLoader() == this)
                    .<Class<? extends RewardRecipe>>map(provider -> recipe(provider.get()))
                    .toList();
            if (recipes.isEmpty()) {
                throw noKind(path);
            }
            return recipes;
        } catch (ServiceConfigurationError | LinkageError broken) {
            throw new RlhfException(
                    ErrorKind.USER, path + ": a class cannot be loaded: " + broken.getMessage(), broken);
        }
    }

    @SuppressWarnings("IllegalCatch") // a user's class may throw anything, and its author must hear where
    private Class<? extends RewardRecipe> recipe(RewardKind kind) {
        try {
            return Objects.requireNonNull(kind.recipe(), "recipe() gives null");
        } catch (RuntimeException broken) {
            throw new RlhfException(
                    ErrorKind.USER,
                    path + ": " + kind.getClass().getName() + " is no kind of reward: " + broken,
                    broken);
        }
    }

    private static RlhfException noKind(Path path) {
        return RlhfException.user(
                path + " has no kind of reward; name its class that implements RewardKind in " + SERVICES);
    }
}
