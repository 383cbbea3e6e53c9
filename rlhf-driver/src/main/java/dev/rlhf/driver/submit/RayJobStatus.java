package dev.rlhf.driver.submit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What KubeRay says of a RayJob.
 *
 * @param rayJob the object, as an API server answers it
 */
record RayJobStatus(JsonNode rayJob) {
    private static final String STATUS = "status";

    /** What is to be known of it as of any job. */
    JobInfo info(String id) {
        String message = text("message");
        JsonNode annotations = rayJob.path("metadata").path("annotations");
        return new JobInfo(
                id,
                state(),
                message.isEmpty() ? text("reason") : message,
                JobInfo.exitCode(message),
                annotations.path(RayJobObject.OUT).asText(""),
                annotations.path(RayJobObject.RESUME).asText(""));
    }

    /** Whether its driver has begun, so that there is a log. */
    boolean begun() {
        return !text("jobStatus").isEmpty() && dashboard().isPresent();
    }

    /** The path on the API server by which it hands on a request to the job in its own cluster. */
    Optional<String> proxy(String namespace) {
        return begun()
                ? dashboard()
                        .map(service -> "/api/v1/namespaces/" + namespace + "/services/" + service + "/proxy/api/jobs/"
                                + text("jobId"))
                : Optional.empty();
    }

    /** Name and port of the service of the head, out of an address such as {@code a-head-svc.ml.svc.cluster.local:8265}. */
    private Optional<String> dashboard() {
        String address = text("dashboardURL");
        int dot = address.indexOf('.');
        int colon = address.indexOf(':');
        return dot > 0 && colon > dot && !text("jobId").isEmpty()
                ? Optional.of(address.substring(0, dot) + address.substring(colon))
                : Optional.empty();
    }

    /** What the operator does counts before what Ray last said: it knows when nothing follows any more. */
    private JobState state() {
        return switch (text("jobDeploymentStatus")) {
            case "Complete" -> ended();
            case "Failed" -> JobState.FAILED;
            case "Suspended" -> JobState.STOPPED;
            case "Running", "Suspending" -> JobState.RUNNING;
            default -> JobState.PENDING;
        };
    }

    private JobState ended() {
        return switch (text("jobStatus")) {
            case "SUCCEEDED" -> JobState.SUCCEEDED;
            case "STOPPED" -> JobState.STOPPED;
            default -> JobState.FAILED;
        };
    }

    private String text(String field) {
        return rayJob.path(STATUS).path(field).asText("");
    }
}
