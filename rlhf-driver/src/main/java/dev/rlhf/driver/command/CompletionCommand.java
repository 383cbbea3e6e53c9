package dev.rlhf.driver.command;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ./rlhf completion}. */
@Command(
        name = "completion",
        description =
                "Prints a script by which bash and zsh complete commands and options: source <(./rlhf completion).",
        mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        Console.say(AutoComplete.bash("rlhf", spec.root().commandLine()));
        return 0;
    }
}
