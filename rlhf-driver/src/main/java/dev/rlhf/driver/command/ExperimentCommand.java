package dev.rlhf.driver.command;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Suggestion;
import dev.rlhf.driver.config.Setting;
import dev.rlhf.driver.experiment.ExperimentRequest;
import dev.rlhf.driver.experiment.ExperimentRun;
import dev.rlhf.driver.experiment.ExperimentSource;
import dev.rlhf.driver.observe.Figures;
import dev.rlhf.driver.report.ExperimentReport;
import dev.rlhf.driver.submit.ShellWord;
import dev.rlhf.experiment.design.Experiment;
import dev.rlhf.experiment.design.Part;
import dev.rlhf.experiment.result.CellResult;
import dev.rlhf.experiment.result.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf experiment NAME|FILE.yaml}. */
@Command(
        name = "experiment",
        description = "Runs a recipe over a grid of settings and seeds, and says what follows.",
        mixinStandardHelpOptions = true)
final class ExperimentCommand implements Callable<Integer> {
    private static final String YAML = ".yaml";

    @Parameters(
            paramLabel = "NAME|FILE.yaml",
            arity = "0..1",
            description = "an experiment of experiments/, or a file of your own (with --resume: that it began with)")
    private String name = "";

    @Option(names = "--out", paramLabel = "DIR", description = "its directory (default: runs/<name>-<time>)")
    private @Nullable Path out;

    @Option(names = "--resume", description = "goes on with the experiment in --out; finished runs are kept")
    private boolean resume;

    @Option(names = "--jobs", paramLabel = "N", description = "runs at a time (default: one a processor)")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--full", description = "with the settings for real hardware")
    private boolean full;

    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "sets a key over the experiment's file, e.g. seeds=[1,2]; may be repeated")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--dry-run", description = "says what would be run, and how long that takes")
    private boolean dryRun;

    @Override
    public Integer call() {
        if (jobs < 1) {
            throw RlhfException.user("--jobs must be at least 1, not " + jobs);
        }
        ExperimentSource source = source();
        Experiment experiment = source.read();
        Path directory = out == null ? Runs.directory(experiment.name()) : out;
        ExperimentRequest request = new ExperimentRequest(
                source,
                experiment,
                directory,
                resume,
                jobs,
                command(source),
                List.of(Main.class.getName(), CellWorkerCommand.NAME));
        ExperimentRun.check(request);
        plan(experiment, source.estimated(experiment));
        if (dryRun) {
            return 0;
        }
        Console.say("experiment in " + directory);
        Results results = HintedWork.during(
                () -> Files.exists(directory.resolve("experiment.yaml")),
                () -> HintedWork.launcher() + " experiment --resume --out " + ShellWord.quoted(directory.toString()),
                () -> ExperimentRun.conduct(request, Console.out()));
        return outcome(results, directory, request.command());
    }

    private int outcome(Results results, Path directory, String command) {
        Path report = ExperimentReport.write(results, directory, command);
        Console.say("");
        Console.say(ExperimentReport.answer(results));
        Console.say("");
        Console.say("report   " + report);
        Console.say("results  " + directory.resolve("results.json"));
        List<CellResult> failed =
                results.cells().stream().filter(cell -> cell.failure() != null).toList();
        failed.forEach(cell -> Console.say("failed   " + cell.cell().id() + ": " + cell.failure()));
        results.remarks().forEach(remark -> Console.say("remark   " + remark));
        return failed.isEmpty() ? 0 : ErrorKind.RESOURCE.exitCode();
    }

    /** What the command line names, or what the directory remembers; what is set now comes over what was set before. */
    private ExperimentSource source() {
        List<Setting> made = settings.stream().map(Setting::here).toList();
        if (!resume) {
            if (name.isEmpty()) {
                throw RlhfException.user("name an experiment (there are: " + String.join(", ", names(shipped()))
                        + ") or a file of your own");
            }
            return new ExperimentSource(name, file(), full, made);
        }
        if (out == null) {
            throw RlhfException.user("--resume needs --out DIR, the directory of the experiment to go on with");
        }
        Optional<ExperimentSource> before = ExperimentSource.of(out);
        if (name.isEmpty()) {
            Path directory = out;
            return before.orElseThrow(() ->
                            RlhfException.user(directory + " does not say which experiment is to be resumed; name it"))
                    .with(full, made);
        }
        return new ExperimentSource(
                        name,
                        file(),
                        before.map(ExperimentSource::full).orElse(false),
                        before.map(ExperimentSource::settings).orElse(List.of()))
                .with(full, made);
    }

    /** A file, or the project's own experiment of that name. */
    private Path file() {
        Path given = Path.of(name);
        if (name.endsWith(YAML) || Files.isRegularFile(given)) {
            return given;
        }
        Path file = shipped().resolve(name + YAML);
        if (!Files.isRegularFile(file)) {
            List<String> known = names(shipped());
            throw RlhfException.user("there is no experiment '" + name + "'" + Suggestion.of(name, known)
                    + " (there are: " + String.join(", ", known) + "); a file of your own ends in " + YAML);
        }
        return file;
    }

    private static Path shipped() {
        return Path.of(System.getProperty(Console.HOME, ".")).resolve("experiments");
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return files.map(path -> path.getFileName().toString())
                    .filter(file -> file.endsWith(YAML))
                    .map(file -> file.substring(0, file.length() - YAML.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + folder + ": " + FileFault.reason(e), e);
        }
    }

    private void plan(Experiment experiment, Set<String> estimated) {
        Console.say(experiment.question());
        double seconds = 0;
        for (Part part : experiment.parts()) {
            int runs = experiment.cells(part).size();
            seconds += runs * part.seconds();
            String time = estimated.contains(part.name())
                    ? "each about " + Figures.duration(part.seconds())
                    : "no estimate of the time under these settings";
            Console.say(String.format(
                    "  %-16s %4d runs of %s, %s",
                    part.name(), runs, part.recipe().getFileName(), time));
        }
        boolean known = experiment.parts().stream().map(Part::name).allMatch(estimated::contains);
        Console.say((known ? "about " + Figures.duration(seconds / jobs) : "no estimate for all") + " with " + jobs
                + " at a time");
    }

    /** What repeats it. */
    private static String command(ExperimentSource source) {
        StringBuilder command =
                new StringBuilder(HintedWork.launcher() + " experiment " + ShellWord.quoted(source.name()));
        if (source.full()) {
            command.append(" --full");
        }
        source.settings().forEach(setting -> command.append(" --set ").append(ShellWord.quoted(setting.text())));
        return command.toString();
    }
}
