package dev.rlhf.driver.track.mlflow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.driver.track.Tracker;
import java.util.Map;

/** A run of an MLflow server, told in the background. */
final class MlFlowRun implements Tracker {
    private static final double MILLIS = 1000;

    private final String id;
    private final Outbox outbox;

    MlFlowRun(MlFlowCalls calls, String id) {
        this.id = id;
        this.outbox = new Outbox(calls);
    }

    static long millis(double seconds) {
        return Math.round(seconds * MILLIS);
    }

    @Override
    public void numbers(int runStep, double seconds, Map<String, Double> numbers) {
        ObjectNode body = MlFlowCalls.JSON.createObjectNode().put("run_id", id);
        ArrayNode metrics = body.putArray("metrics");
        numbers.forEach((name, number) -> metrics.addObject()
                .put("key", name)
                .put("value", number)
                .put("timestamp", millis(seconds))
                .put("step", runStep));
        outbox.add("runs/log-batch", body);
    }

    /** What a checkpoint has done is not said again by a run that goes on from there. */
    @Override
    public void flush() {
        outbox.flush();
    }

    @Override
    public void close(boolean complete, double seconds) {
        outbox.add(
                "runs/update",
                MlFlowCalls.JSON
                        .createObjectNode()
                        .put("run_id", id)
                        .put("status", complete ? "FINISHED" : "FAILED")
                        .put("end_time", millis(seconds)));
        outbox.close();
    }
}
