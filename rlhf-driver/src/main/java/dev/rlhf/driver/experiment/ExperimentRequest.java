package dev.rlhf.driver.experiment;

import dev.rlhf.experiment.design.Experiment;
import java.nio.file.Path;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param source the experiment's file and what is set over it
 * @param experiment the experiment
 * @param directory where its runs and results go
 * @param resume whether to go on with what is there
 * @param jobs runs at a time
 * @param command the command that repeats it
 * @param worker main class and arguments of a worker's process
 */
public record ExperimentRequest(
        ExperimentSource source,
        Experiment experiment,
        Path directory,
        boolean resume,
        int jobs,
        String command,
        List<String> worker) {
    /** Keeps its own copy. */
    public ExperimentRequest {
        worker = List.copyOf(worker);
    }
}
