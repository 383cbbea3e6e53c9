package dev.rlhf.driver.command;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.submit.ShellWord;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Work that, where it ends before its time, says by which command it goes on, one that can be pasted as it is. */
final class HintedWork {
    private final BooleanSupplier begun;
    private final Supplier<String> command;

    private HintedWork(BooleanSupplier begun, Supplier<String> command) {
        this.begun = begun;
        this.command = command;
    }

    /**
     * Does the work; a signal in the meantime, and what it lacks, get the command.
     *
     * @param begun whether there is something to go on with
     * @param command the command that goes on
     */
    static <T> T during(BooleanSupplier begun, Supplier<String> command, Supplier<T> work) {
        HintedWork hinted = new HintedWork(begun, command);
        return AtSignal.say(hinted::stopped, () -> {
            try {
                return work.get();
            } catch (RlhfException failure) {
                throw hinted.told(failure);
            }
        });
    }

    /** The project's launcher as it can be called from here. */
    static String launcher() {
        Path home = Path.of(System.getProperty(Console.HOME, "."));
        return home.toAbsolutePath().normalize().equals(Path.of("").toAbsolutePath())
                ? "./rlhf"
                : ShellWord.quoted(home.resolve("rlhf").toString());
    }

    private Optional<String> stopped() {
        return begun.getAsBoolean() ? Optional.of("stopped; go on with: " + command.get()) : Optional.empty();
    }

    private RlhfException told(RlhfException failure) {
        boolean passing = failure.kind() == ErrorKind.RESOURCE || failure.kind() == ErrorKind.TRANSIENT;
        return passing && begun.getAsBoolean()
                ? new RlhfException(failure.kind(), failure.getMessage() + "; go on with: " + command.get(), failure)
                : failure;
    }
}
