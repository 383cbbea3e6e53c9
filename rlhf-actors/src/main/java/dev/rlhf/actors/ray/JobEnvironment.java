package dev.rlhf.actors.ray;

import io.ray.api.runtimeenv.RuntimeEnv;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a Ray job has on every node: its working directory and jars, which Ray unpacks where they are needed, and its variables.
 *
 * <p>Ray hands the environment of a job on to the actors of drivers in Python; a driver in Java has to do so itself.
 */
final class JobEnvironment {
    /** Where Ray's job supervisor tells the driver it starts what the job is. */
    private static final String VARIABLE = "RAY_JOB_CONFIG_JSON_ENV_VAR";

    private static final String KEY = "runtime_env";

    private JobEnvironment() {}

    /** The environment of the job that this driver is; empty for a driver that no job started, or for a job without one. */
    static Optional<RuntimeEnv> ofThisJob() {
        return of(System.getenv(VARIABLE));
    }

    private static Optional<RuntimeEnv> of(@Nullable String job) {
        if (job == null || job.isBlank()) {
            return Optional.empty();
        }
        RuntimeEnv described = RuntimeEnv.deserialize(job);
        if (!described.contains(KEY)) {
            return Optional.empty();
        }
        RuntimeEnv environment = RuntimeEnv.deserialize(described.getJsonStr(KEY));
        return environment.isEmpty() ? Optional.empty() : Optional.of(environment);
    }
}
