package dev.rlhf.driver.command;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import dev.rlhf.driver.run.RunLauncher;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ./rlhf}: RLHF training as a service. */
@Command(
        name = "rlhf",
        description = "RLHF training: SFT, reward models, DPO, PPO, GRPO.",
        mixinStandardHelpOptions = true,
        version = "rlhf " + RunLauncher.VERSION,
        subcommands = {
            QuickstartCommand.class,
            RunCommand.class,
            SubmitCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            StopCommand.class,
            ExperimentCommand.class,
            CellWorkerCommand.class,
            CheckCommand.class,
            ReportCommand.class,
            ExportCommand.class,
            ServeCommand.class,
            InitCommand.class,
            ConfigCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs a command and returns its exit code. */
    public static int execute(String... arguments) {
        Console.quieten();
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::refuse)
                .setExecutionExceptionHandler(Main::explain)
                .execute(arguments);
    }

    @Override
    public void run() {
        CommandLine.usage(this, Console.out());
    }

    /** One clear message, the nearest option if there is one like it, and where the options are told. */
    private static int refuse(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        PrintWriter err = command.getErr();
        String unknown = unknownCommand(mistake);
        if (unknown.isEmpty()) {
            err.println("rlhf: " + mistake.getMessage());
            UnmatchedArgumentException.printSuggestions(mistake, err);
        } else {
            Set<String> commands = command.getSubcommands().keySet();
            err.println("rlhf: there is no command '" + unknown + "'" + Suggestion.of(unknown, commands));
        }
        err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return ErrorKind.USER.exitCode();
    }

    /** What stands where a command should; empty where the mistake is another one. */
    private static String unknownCommand(ParameterException mistake) {
        return mistake instanceof UnmatchedArgumentException unmatched
                        && !mistake.getCommandLine().getSubcommands().isEmpty()
                        && !unmatched.getUnmatched().get(0).startsWith("-")
                ? unmatched.getUnmatched().get(0)
                : "";
    }

    /** One clear message for what is no bug, a stack trace for what is. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof RlhfException known && known.kind() != ErrorKind.BUG) {
            err.println("rlhf: " + known.getMessage());
            return known.kind().exitCode();
        }
        err.println("rlhf: this is a bug in rlhf, please report it: " + failure.getMessage());
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        err.println(trace);
        return ErrorKind.BUG.exitCode();
    }
}
