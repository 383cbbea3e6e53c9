package dev.rlhf.driver.track.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Certificates;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.track.TrackedRun;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds a run's counterpart on the server, or makes it. */
final class OpenedRun {
    /** Keeps the counterpart's id, by which a resumed run goes on with it. */
    private static final String FILE = "mlflow.json";

    private static final String RUN_ID = "run_id";
    private static final String URL = "url";
    private static final int MOST_PARAMETERS = 100;
    private static final int LONGEST_VALUE = 500;

    private final MlFlowCalls calls;
    private final MlFlow settings;
    private final TrackedRun run;

    private OpenedRun(MlFlowCalls calls, MlFlow settings, TrackedRun run) {
        this.calls = calls;
        this.settings = settings;
        this.run = run;
    }

    /** The id of the run's counterpart; throws USER where the server refuses, RESOURCE where it does not answer. */
    static String of(MlFlowCalls calls, MlFlow settings, TrackedRun run) {
        try {
            return new OpenedRun(calls, settings, run).id();
        } catch (MlFlowCalls.Refused refused) {
            throw RlhfException.user(calls + " refuses the run: " + refused.getMessage()
                    + "; look at the tracker's url and key-variable");
        } catch (IOException away) {
            Certificates.complaint(calls.toString(), away, Certificates.TRUST_STORE)
                    .ifPresent(complaint -> {
                        throw RlhfException.resource(complaint, away);
                    });
            throw RlhfException.resource(
                    calls + " does not answer (" + FileFault.reason(away)
                            + "); start it, or go without it (--set trackers=[])",
                    away);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while " + calls + " was asked", interrupted);
        }
    }

    private String id() throws IOException, MlFlowCalls.Refused, InterruptedException {
        Path file = run.directory().resolve(FILE);
        Optional<String> before = before(file);
        if (before.isPresent() && goesOn(before.get())) {
            return before.get();
        }
        String id = create(experiment());
        describe(id);
        DurableFiles.write(
                file,
                (MlFlowCalls.JSON
                                        .createObjectNode()
                                        .put(URL, settings.url().toString())
                                        .put(RUN_ID, id) + "\n")
                        .getBytes(StandardCharsets.UTF_8));
        return id;
    }

    /** The id that an earlier process of this run was given by the same server. */
    private Optional<String> before(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode known = MlFlowCalls.JSON.readTree(Files.readAllBytes(file));
        return Optional.of(known.path(RUN_ID).asText())
                .filter(id -> known.path(URL).asText().equals(settings.url().toString()));
    }

    /** Whether the server still has it; if so, it runs again. */
    private boolean goesOn(String id) throws IOException, MlFlowCalls.Refused, InterruptedException {
        try {
            calls.post(
                    "runs/update",
                    MlFlowCalls.JSON.createObjectNode().put(RUN_ID, id).put("status", "RUNNING"));
            return true;
        } catch (MlFlowCalls.Refused refused) {
            if (refused.isMissing()) {
                return false;
            }
            throw refused;
        }
    }

    private String experiment() throws IOException, MlFlowCalls.Refused, InterruptedException {
        String name = URLEncoder.encode(settings.experiment(), StandardCharsets.UTF_8);
        try {
            return calls.get("experiments/get-by-name?experiment_name=" + name)
                    .path("experiment")
                    .path("experiment_id")
                    .asText();
        } catch (MlFlowCalls.Refused refused) {
            if (!refused.isMissing()) {
                throw refused;
            }
        }
        return calls.post(
                        "experiments/create",
                        MlFlowCalls.JSON.createObjectNode().put("name", settings.experiment()))
                .path("experiment_id")
                .asText();
    }

    private String create(String experiment) throws IOException, MlFlowCalls.Refused, InterruptedException {
        ObjectNode body = MlFlowCalls.JSON.createObjectNode();
        body.put("experiment_id", experiment);
        body.put("run_name", run.name());
        body.put("start_time", MlFlowRun.millis(run.seconds()));
        return calls.post("runs/create", body)
                .path("run")
                .path("info")
                .path(RUN_ID)
                .asText();
    }

    /** The recipe's keys as parameters, as many at once as the server takes. */
    private void describe(String id) throws IOException, MlFlowCalls.Refused, InterruptedException {
        ObjectNode body = MlFlowCalls.JSON.createObjectNode().put(RUN_ID, id);
        ArrayNode parameters = body.putArray("params");
        for (Map.Entry<String, String> setting : run.settings().entrySet()) {
            String value = setting.getValue();
            parameters
                    .addObject()
                    .put("key", setting.getKey().replaceAll("[^\\w./ -]", "_"))
                    .put("value", value.substring(0, Math.min(LONGEST_VALUE, value.length())));
            if (parameters.size() == MOST_PARAMETERS) {
                calls.post("runs/log-batch", body);
                parameters.removeAll();
            }
        }
        calls.post("runs/log-batch", body);
    }
}
