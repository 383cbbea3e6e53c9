package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.recipe.Recipes;
import dev.rlhf.driver.submit.JobClient;
import dev.rlhf.driver.submit.JobServer;
import dev.rlhf.driver.submit.KubernetesJobs;
import dev.rlhf.driver.submit.Program;
import dev.rlhf.driver.submit.ShellWord;
import dev.rlhf.driver.submit.Submission;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf submit RECIPE.yaml}. */
@Command(
        name = "submit",
        description =
                "Runs a recipe as a job of a Ray cluster, which needs neither this project nor the recipe's files, or as a RayJob of Kubernetes.",
        mixinStandardHelpOptions = true)
final class SubmitCommand implements Callable<Integer> {
    /** Where the images have the project. */
    private static final Path IMAGE_HOME = Path.of("/opt/rlhf");

    private static final int LONGEST_NAME = 21;

    @Parameters(paramLabel = "RECIPE.yaml", description = "the recipe; with --resume that of the run")
    private Path file = Path.of("");

    @Mixin
    private ClusterOption cluster = new ClusterOption();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "the run's directory as every node sees it (default: runs/<name>-<time> here); where it holds a run already that this machine"
                            + " does not see, the job ends with exit code 2, and status says so")
    private @Nullable Path out;

    @Mixin
    private RunOption run = new RunOption();

    @Option(names = "--follow", description = "prints what the job prints, and ends with its exit code")
    private boolean follow;

    @Option(
            names = "--shared",
            paramLabel = "DIR",
            description =
                    "a folder that every node sees under the same name: what the recipe names below it is not sent; may be repeated")
    private List<Path> shared = new ArrayList<>();

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description =
                    "where the project stands on every node, as in an image; the program is not sent then (default with --kubernetes: /opt/rlhf)")
    private @Nullable Path home;

    @Option(
            names = "--pods",
            paramLabel = "FILE",
            description =
                    "with --kubernetes: a RayJob whose pods the run gets, with the volume of --out and the project in their image")
    private @Nullable Path pods;

    @Override
    public Integer call() {
        Recipe recipe = Recipes.read(file, run.settings());
        Path directory = directory(recipe);
        if (!run.resume()) {
            // The nodes see it alone where it is theirs; what can be seen from here is told before anything is sent.
            new RunDirectory(directory).requireUnused();
        }
        String id = id(recipe);
        Submission submission =
                new Submission(recipe, file, run.settings(), shared, Optional.ofNullable(home()), options(directory));
        JobClient jobs = start(submission, new Submission.Label(id, directory.toString(), again(directory)));
        Console.say("job " + id + " at " + jobs + ", its run in " + directory);
        if (follow) {
            return cluster.follow(jobs, id);
        }
        Console.say("follow it with: " + cluster.commands(id).follow());
        return 0;
    }

    private JobClient start(Submission submission, Submission.Label label) {
        if (cluster.kubernetes()) {
            if (pods == null) {
                throw RlhfException.user("--kubernetes needs --pods FILE, a RayJob whose pods the run gets");
            }
            KubernetesJobs jobs = cluster.kubernetesJobs();
            submission.create(jobs, label, pods);
            return jobs;
        }
        if (pods != null) {
            throw RlhfException.user("--pods goes with --kubernetes");
        }
        JobServer server = cluster.server();
        submission.start(server, label, Program.running(Path.of(System.getProperty(Console.HOME, "."))), Console::say);
        return server;
    }

    /** Two of one name may be submitted in one second; Kubernetes takes 47 lower-case letters, digits and '-'. */
    private static String id(Recipe recipe) {
        String name = recipe.name().toLowerCase(Locale.ROOT).replaceAll("[._]", "-");
        return "rlhf-" + Runs.stamped(name.substring(0, Math.min(name.length(), LONGEST_NAME))) + "-"
                + UUID.randomUUID().toString().substring(0, 4);
    }

    private @Nullable Path home() {
        return home == null && cluster.kubernetes() ? IMAGE_HOME : home;
    }

    private Path directory(Recipe recipe) {
        if (out != null) {
            return out.toAbsolutePath().normalize();
        }
        if (run.resume()) {
            throw RlhfException.user("--resume needs --out DIR, the directory of the run to go on with");
        }
        if (cluster.kubernetes()) {
            throw RlhfException.user("--kubernetes needs --out DIR, a directory in a volume of the pods");
        }
        return Runs.directory(recipe.name()).toAbsolutePath().normalize();
    }

    /** What the driver's command has beside the recipe and its settings. */
    private List<String> options(Path directory) {
        List<String> options = new ArrayList<>(List.of("--out", directory.toString()));
        if (run.resume()) {
            options.add("--resume");
        }
        if (run.options().acceptChangedInputs()) {
            options.add("--accept-changed-inputs");
        }
        run.options().metrics().ifPresent(address -> options.addAll(address.options()));
        return options;
    }

    /** The command by which the run goes on. */
    private String again(Path directory) {
        List<String> words =
                new ArrayList<>(List.of("submit", file.toString(), "--resume", "--out", directory.toString()));
        shared.forEach(folder -> words.addAll(List.of("--shared", folder.toString())));
        Optional.ofNullable(pods).ifPresent(described -> words.addAll(List.of("--pods", described.toString())));
        Optional.ofNullable(home).ifPresent(there -> words.addAll(List.of("--home", there.toString())));
        run.settings().forEach(setting -> words.addAll(List.of("--set", setting)));
        run.options().metrics().ifPresent(address -> words.addAll(address.options()));
        return HintedWork.launcher()
                + words.stream().map(word -> " " + ShellWord.quoted(word)).collect(Collectors.joining())
                + " " + cluster.options();
    }
}
