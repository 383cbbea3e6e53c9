package dev.rlhf.driver.submit;

/**
 * The commands about a job, as they are typed here.
 *
 * @param launcher the project's launcher, e.g. {@code ./rlhf}
 * @param id the job's name
 * @param options those by which a command finds the cluster
 */
public record JobCommands(String launcher, String id, String options) {
    /** Says how it is. */
    public String status() {
        return command("status", "");
    }

    /** Prints what it prints, to its end. */
    public String follow() {
        return command("logs", " --follow");
    }

    /** Ends it. */
    public String stop() {
        return command("stop", "");
    }

    /** What the command is like by which a run goes on, of which nobody here knows recipe and directory. */
    public String goOn() {
        return launcher + " submit RECIPE.yaml --resume --out DIR " + options;
    }

    private String command(String name, String option) {
        return launcher + " " + name + " " + ShellWord.quoted(id) + option + " " + options;
    }
}
