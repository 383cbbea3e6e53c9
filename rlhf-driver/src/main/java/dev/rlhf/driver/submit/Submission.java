package dev.rlhf.driver.submit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.config.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run as a job of a Ray cluster: the program, the recipe and its files go there, and Ray unpacks them on every node.
 *
 * @param recipe the recipe, completed
 * @param file where it was read
 * @param settings all settings made over it
 * @param shared folders that every node sees under the same name
 * @param home where the project stands on every node, whose program is not sent then; empty to send it
 * @param options further words of {@code ./rlhf run}, {@code --out} among them
 */
public record Submission(
        Recipe recipe, Path file, List<String> settings, List<Path> shared, Optional<Path> home, List<String> options) {
    private static final String RESUME_COMMAND = "RLHF_RESUME_COMMAND";
    private static final String LAUNCHER = "rlhf";
    private static final String OPTIONS = "config/jvm.options";

    /** Keeps its own copies of the lists. */
    public Submission {
        settings = List.copyOf(settings);
        shared = List.copyOf(shared);
        options = List.copyOf(options);
    }

    /**
     * What a job is called, and what it says of itself.
     *
     * @param id its name in the cluster
     * @param out the run's directory
     * @param resume the command by which the run goes on
     */
    public record Label(String id, String out, String resume) {}

    /** Sends what the cluster does not have yet, and starts the job. */
    public void start(JobServer server, Label label, Program program, Consumer<String> progress) {
        RecipeFiles named = RecipeFiles.of(recipe, shared);
        Path scratch = scratch();
        try {
            List<JobPackage> jars = home.isPresent()
                    ? List.of()
                    : ProgramPackages.write(program.classPath(), scratch, JobPackage.MOST_BYTES - (1 << 20));
            JobPackage working = workingDirectory(named, jars, program.home()).write(scratch);
            requireSmall(working);
            upload(server, Stream.concat(jars.stream(), Stream.of(working)).toList(), progress);
            submit(server, body(label, jars, working, named), label.id());
        } catch (IOException refused) {
            throw RlhfException.resource("cannot pack the job: " + FileFault.reason(refused), refused);
        } finally {
            delete(scratch);
        }
    }

    /**
     * Makes the run a RayJob with pods of its own.
     *
     * @param pods file with a RayJob that describes them; their image holds the project
     * @throws RlhfException USER for a description that is none, and for files too large for a ConfigMap
     */
    public void create(KubernetesJobs cluster, Label label, Path pods) {
        RecipeFiles named = RecipeFiles.of(recipe, shared);
        try {
            PackageBuilder files = files(named).add(RayJobObject.SCRIPT, script(label, named));
            cluster.create(RayJobObject.of(cluster.described(pods), pods.toString(), label, files.entries()));
        } catch (IOException refused) {
            throw RlhfException.resource("cannot pack the job: " + FileFault.reason(refused), refused);
        }
    }

    private PackageBuilder files(RecipeFiles named) {
        PackageBuilder files = PackageBuilder.compressing();
        named.files().forEach(files::add);
        return files.add(place(), file);
    }

    /** The driver of a RayJob, in the folder of its files. */
    private String script(Label label, RecipeFiles named) {
        return "cd " + RayJobObject.FOLDER + "\n" + resumeVariable(label) + "\nexport " + RESUME_COMMAND + "\nexec "
                + command(named) + "\n";
    }

    private PackageBuilder workingDirectory(RecipeFiles named, List<JobPackage> jars, Path project) {
        PackageBuilder working = files(named);
        if (home.isEmpty()) {
            working.add(LAUNCHER, project.resolve(LAUNCHER)).add(OPTIONS, project.resolve(OPTIONS));
            String lines = jars.stream()
                    .map(JobPackage::folderOfJars)
                    .map(folder -> folder + "/*\n" + folder + "\n")
                    .collect(Collectors.joining());
            working.add("class-path", lines);
        }
        return working;
    }

    private static void upload(JobServer server, List<JobPackage> packages, Consumer<String> progress)
            throws IOException {
        for (JobPackage one : packages) {
            if (server.has(one)) {
                progress.accept("the cluster has " + one.name());
            } else {
                progress.accept("sending " + one.name() + ", " + mebibytes(one) + " MiB");
                server.upload(one);
            }
        }
    }

    /** A job whose answer was lost on its way is there all the same. */
    private static void submit(JobServer server, ObjectNode body, String id) {
        try {
            server.submit(body);
        } catch (RlhfException failure) {
            if (failure.kind() != ErrorKind.TRANSIENT || server.job(id).isEmpty()) {
                throw failure;
            }
        }
    }

    private ObjectNode body(Label label, List<JobPackage> packages, JobPackage working, RecipeFiles named) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("submission_id", label.id());
        body.put("entrypoint", entrypoint(label, named));
        ObjectNode environment = body.putObject("runtime_env");
        environment.put("working_dir", working.uri());
        if (!packages.isEmpty()) {
            ArrayNode jars = environment.putArray("java_jars");
            packages.forEach(one -> jars.add(one.uri()));
        }
        body.putObject("metadata").put(JobInfo.OUT, label.out()).put(JobInfo.RESUME, label.resume());
        return body;
    }

    /** The driver of a Ray job, in its working directory. */
    private String entrypoint(Label label, RecipeFiles named) {
        return resumeVariable(label) + " " + command(named);
    }

    private static String resumeVariable(Label label) {
        return RESUME_COMMAND + "=" + ShellWord.quoted(label.resume());
    }

    private String command(RecipeFiles named) {
        String launcher = home.map(path -> path.resolve(LAUNCHER).toString()).orElse("./" + LAUNCHER);
        List<String> words = new ArrayList<>(List.of("sh", launcher, "run", place()));
        words.addAll(options);
        List<String> all = new ArrayList<>(settings);
        all.addAll(named.settings());
        // The cluster that runs the job is the one on which its actors live.
        all.add(recipe.runtime().local() ? "runtime=ray" : "runtime.address=auto");
        all.forEach(setting -> words.addAll(List.of("--set", setting)));
        return words.stream().map(ShellWord::quoted).collect(Collectors.joining(" "));
    }

    private String place() {
        return "recipe/" + file.getFileName();
    }

    private void requireSmall(JobPackage working) throws IOException {
        if (working.bytes() > JobPackage.MOST_BYTES) {
            throw RlhfException.user("the files that " + file + " names come to " + mebibytes(working)
                    + " MiB, and a job may bring " + (JobPackage.MOST_BYTES >> 20)
                    + " MiB; put the large ones where every node sees them, and name that folder by --shared");
        }
    }

    private static long mebibytes(JobPackage one) throws IOException {
        return Math.max(1, one.bytes() >> 20);
    }

    private static Path scratch() {
        try {
            return Files.createTempDirectory("rlhf-submit");
        } catch (IOException refused) {
            throw RlhfException.resource("cannot pack the job: " + FileFault.reason(refused), refused);
        }
    }

    private static void delete(Path scratch) {
        try {
            DurableFiles.deleteTree(scratch);
        } catch (IOException refused) {
            throw new UncheckedIOException("cannot remove " + scratch, refused);
        }
    }
}
