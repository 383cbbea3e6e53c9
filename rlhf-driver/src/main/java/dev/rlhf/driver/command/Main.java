package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** {@code ./rlhf}: RLHF training as a service. */
@Command(
        name = "rlhf",
        description = "RLHF training: SFT, reward models, DPO, PPO, GRPO.",
        mixinStandardHelpOptions = true,
        version = "rlhf 0.1.0",
        subcommands = {
            QuickstartCommand.class,
            RunCommand.class,
            ReportCommand.class,
            ExportCommand.class,
            ServeCommand.class,
            InitCommand.class,
            ConfigCommand.class
        })
public final class Main implements Runnable {
    private static final int BUG = 1;
    private static final int USER = 2;
    private static final int RESOURCE = 3;

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    /** Runs a command and returns its exit code. */
    public static int execute(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Main::explain)
                .execute(arguments);
    }

    @Override
    public void run() {
        CommandLine.usage(this, Console.out());
    }

    /** One clear message for what is no bug, a stack trace for what is. */
    private static int explain(Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof RlhfException known) {
            switch (known.kind()) {
                case USER -> {
                    err.println("rlhf: " + known.getMessage());
                    return USER;
                }
                case RESOURCE, TRANSIENT -> {
                    err.println("rlhf: " + known.getMessage());
                    return RESOURCE;
                }
                case BUG -> err.println("rlhf: this is a bug in rlhf, please report it: " + known.getMessage());
            }
        }
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        err.println(trace);
        return BUG;
    }
}
