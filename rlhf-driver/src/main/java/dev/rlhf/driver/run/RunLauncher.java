package dev.rlhf.driver.run;

import dev.rlhf.actors.WatchedRuntime;
import dev.rlhf.config.Leaf;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.driver.checkpoint.DurableDirectory;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.checkpoint.ProcessorRecord;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.config.Recipe;
import dev.rlhf.driver.config.StageRecipe;
import dev.rlhf.driver.data.DataLoader;
import dev.rlhf.driver.data.SpellingWords;
import dev.rlhf.driver.observe.EqualRewardWatch;
import dev.rlhf.driver.observe.MetricsEndpoint;
import dev.rlhf.driver.observe.NoticeLog;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.observe.RunLabels;
import dev.rlhf.driver.observe.RunLines;
import dev.rlhf.driver.observe.RunObserver;
import dev.rlhf.driver.observe.RunObservers;
import dev.rlhf.driver.observe.Summary;
import dev.rlhf.driver.observe.TrackedNumbers;
import dev.rlhf.driver.recipe.StageKinds;
import dev.rlhf.driver.stage.Rehearsal;
import dev.rlhf.driver.stage.RunActors;
import dev.rlhf.driver.stage.StageContext;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.model.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Sets a run up, takes it to its end and leaves its directory complete. */
public final class RunLauncher {
    /** The version of this program. */
    public static final String VERSION = "0.1.0";

    private RunLauncher() {}

    /**
     * Runs a recipe in a directory.
     *
     * @param progress shows people what happens
     * @return what the run came to
     * @throws RlhfException USER for a mistake in recipe, data or directory; RESOURCE for what can be resumed
     */
    public static Summary launch(RunRequest request, ProgressLine progress) {
        RunDirectory directory =
                new RunDirectory(request.directory().toAbsolutePath().normalize());
        try (OpenRun open = OpenRun.open(directory, request);
                ProgressLine line = progress) {
            Recipe recipe = request.recipe();
            Optional<RunInputs> resumed =
                    request.resumed().map(before -> Resumption.check(request, before, directory, line));
            Path base = recipe.model().build(recipe.runSeed(), directory.base());
            Optional<MetricsEndpoint> endpoint = endpoint(directory, request, open, line);
            HuggingFaceTokenizer tokenizer = open.closing(HuggingFaceTokenizer.open(base));
            ModelConfig model = ModelConfig.read(base);
            int contextLength = model.contextLength();
            StageKinds.check(recipe, base);
            DataLoader data = new DataLoader(tokenizer, contextLength, SpellingWords.load());
            recipe.stages().forEach(stage -> StageKinds.check(data, stage).forEach(line::notice));
            // Before a cluster is joined, as Ray unpacks a job's files anew then, where two nodes share a machine.
            RunInputs inputs = resumed.orElseGet(() -> RunInputs.of(recipe));
            WatchedRuntime runtime =
                    open.closing(new WatchedRuntime(recipe.runtime().open(RunActors.roles(recipe))));
            endpoint.ifPresent(metrics -> metrics.watch(runtime::states));
            RunActors actors = RunActors.start(runtime, recipe, base, endTokens(model, tokenizer));
            Canaries canaries = new Canaries(
                    model.vocabularySize(), contextLength, recipe.generation().largestGap());
            StageContext context = new StageContext(recipe, directory, base, contextLength, canaries, data, actors);
            rehearse(context, line);
            OpenRun.begin(directory, request, inputs);
            RunObservers observers = observers(directory, endpoint, trackers(directory, recipe, open), line);
            sayWhatBitsDependOn(directory, recipe, observers);
            Summary summary = new TrainingRun(context, observers).run(request.resume(), request.evaluatedAnew());
            summary.write(directory.summary());
            copyModel(directory, recipe);
            return summary;
        }
    }

    private static Optional<MetricsEndpoint> endpoint(
            RunDirectory directory, RunRequest request, OpenRun open, ProgressLine line) {
        return request.options().metrics().map(address -> {
            MetricsEndpoint endpoint =
                    open.closing(MetricsEndpoint.start(address, identity(directory, request.recipe())));
            line.notice("metrics at http://localhost:" + endpoint.port() + "/metrics");
            return endpoint;
        });
    }

    private static List<TrackedNumbers> trackers(RunDirectory directory, Recipe recipe, OpenRun open) {
        Map<String, String> settings = new LinkedHashMap<>();
        Leaf.of(recipe).forEach((path, leaf) -> settings.put(path, leaf.text()));
        return recipe.trackers().stream()
                .map(kind -> open.closing(TrackedNumbers.of(kind, directory.root(), settings, steps(recipe))))
                .toList();
    }

    private static RunObservers observers(
            RunDirectory directory,
            Optional<MetricsEndpoint> endpoint,
            List<TrackedNumbers> trackers,
            ProgressLine line) {
        List<RunObserver> observers = new ArrayList<>(List.of(new RunLines(directory), new NoticeLog(), line));
        observers.add(new EqualRewardWatch(new RunObservers(List.copyOf(observers))));
        endpoint.ifPresent(observers::add);
        observers.addAll(trackers);
        return new RunObservers(observers);
    }

    private static RunLabels identity(RunDirectory directory, Recipe recipe) {
        return new RunLabels(
                String.valueOf(directory.root().getFileName()),
                Map.of(
                        "recipe",
                        recipe.name(),
                        "seed",
                        String.valueOf(recipe.seed()),
                        "version",
                        VERSION,
                        "runtime",
                        recipe.runtime().kind(),
                        "generation",
                        recipe.generation().kind()),
                steps(recipe),
                RunActors.devices(recipe),
                recipe.deadlineSeconds());
    }

    private static int steps(Recipe recipe) {
        return recipe.stages().stream().mapToInt(StageRecipe::steps).sum();
    }

    /** Every token that ends a completion, of the model and of the tokenizer. */
    private static List<Integer> endTokens(ModelConfig model, HuggingFaceTokenizer tokenizer) {
        return Stream.concat(model.endTokens().stream(), Stream.of(tokenizer.endOfSequence()))
                .distinct()
                .sorted()
                .toList();
    }

    /** Another processor than before, or one on which what is promised of bits does not hold. */
    private static void sayWhatBitsDependOn(RunDirectory directory, Recipe recipe, RunObserver observer) {
        ProcessorRecord.keep(directory.processor()).ifPresent(observer::notice);
        if (recipe.runtime().local()) {
            recipe.generation().doubt().ifPresent(observer::notice);
        }
    }

    private static void rehearse(StageContext context, RunObserver observer) {
        context.recipe().generation().waiting().ifPresent(words -> {
            observer.notice(words);
            Rehearsal.hold(context);
        });
    }

    /** The last stage's model becomes the run's; its manifest, which is the checkpoint's affair, is left out. */
    private static void copyModel(RunDirectory directory, Recipe recipe) {
        Path last =
                directory.stage(recipe.stages().get(recipe.stages().size() - 1).name());
        DurableDirectory.write(directory.model(), folder -> DurableFiles.copyTree(last, folder));
        DurableDirectory.forgetManifest(directory.model());
    }
}
