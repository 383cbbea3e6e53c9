package dev.rlhf.driver.track.mlflow;

import dev.rlhf.core.base.Block;
import dev.rlhf.core.base.KeyException;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Secret;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.Tracker;
import dev.rlhf.driver.track.TrackerKind;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run of an MLflow tracking server. It must answer when the run begins; afterwards it may be away.
 *
 * @param url address of the tracking server, e.g. {@code http://mlflow:5000}
 * @param experiment name of the experiment that the run belongs to; it is made where it is not there
 * @param keyVariable environment variable of the driver that holds the key the server asks for, sent as a bearer token, or, with _FILE
 *     after it, names a file with the key; null for none
 */
@Block(value = "tracker", kinds = "mlflow")
public record MlFlow(URI url, String experiment, @Nullable String keyVariable) implements TrackerKind {
    /** Checks the name; throws USER naming the key. */
    public MlFlow {
        KeyException.require(!experiment.isBlank(), "experiment", "must not be blank");
    }

    @Override
    public Tracker open(TrackedRun run) {
        MlFlowCalls calls = new MlFlowCalls(url, key());
        return new MlFlowRun(calls, OpenedRun.of(calls, this, run));
    }

    private Optional<String> key() {
        if (keyVariable == null) {
            return Optional.empty();
        }
        return Optional.of(Secret.of(keyVariable)
                .orElseThrow(() -> RlhfException.user("the environment variable " + keyVariable
                        + " is not set, which is to hold the key of the MLflow server at " + url + ", nor is "
                        + keyVariable + Secret.FILE)));
    }
}
