package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.run.RunRequest.Options;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --set}, {@code --resume} and what else a run can be told, here or as a job. */
final class RunOption {
    @Option(
            names = "--set",
            paramLabel = "key=value",
            description = "sets a key over the recipe, e.g. stages.ppo.steps=5; may be repeated")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--resume", description = "goes on with the run in --out from its newest checkpoint")
    private boolean resume;

    @Option(
            names = "--accept-changed-inputs",
            description = "resumes although data, model or tokenizer are not those the run began with")
    private boolean acceptChangedInputs;

    @Mixin
    private MetricsOption metrics = new MetricsOption();

    List<String> settings() {
        return settings;
    }

    boolean resume() {
        return resume;
    }

    /** What has no influence on what the run comes to. */
    Options options() {
        if (acceptChangedInputs && !resume) {
            throw RlhfException.user("--accept-changed-inputs is of use with --resume only");
        }
        return new Options(metrics.address(), acceptChangedInputs);
    }
}
