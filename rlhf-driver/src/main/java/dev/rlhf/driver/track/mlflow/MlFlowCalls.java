package dev.rlhf.driver.track.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.Unanswered;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Calls of an MLflow server's REST API. Source: mlflow.org/docs/latest/api_reference/rest-api.html. */
final class MlFlowCalls {
    static final ObjectMapper JSON = new ObjectMapper();

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int TOO_MANY = 429;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(LONGEST).build();
    private final String address;
    private final Optional<String> key;

    MlFlowCalls(URI url, Optional<String> key) {
        this.address = url.toString().replaceFirst("/+$", "");
        this.key = key;
    }

    /** The server does not do what it is asked, and would not the next time; the message says why. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;

        private Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        boolean isMissing() {
            return status == HttpURLConnection.HTTP_NOT_FOUND;
        }
    }

    /** Posts to {@code runs/create} and the like; throws IOException for what may pass. */
    JsonNode post(String path, ObjectNode body) throws IOException, Refused, InterruptedException {
        return send(path, request(path).POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** Asks {@code runs/get?run_id=…} and the like; throws IOException for what may pass. */
    JsonNode get(String path) throws IOException, Refused, InterruptedException {
        return send(path, request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + path))
                .timeout(LONGEST)
                .header("Content-Type", "application/json");
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private JsonNode send(String path, HttpRequest.Builder request) throws IOException, Refused, InterruptedException {
        HttpResponse<String> answer = answer(request.build());
        int status = answer.statusCode();
        if (status == TOO_MANY || status >= HttpURLConnection.HTTP_INTERNAL_ERROR) {
            throw new IOException("it answered " + status);
        }
        if (status != HttpURLConnection.HTTP_OK) {
            throw new Refused(
                    status, path.replaceFirst("\\?.*", "") + " was answered with " + status + reason(answer.body()));
        }
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException page) {
            throw new Refused(status, path.replaceFirst("\\?.*", "") + " was answered with something that is no JSON");
        }
    }

    private HttpResponse<String> answer(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException failure) {
            throw new IOException(Unanswered.of(failure).reason(), failure);
        }
    }

    /** What MLflow says of a refusal, if it was MLflow. */
    private static String reason(String body) {
        try {
            String message = JSON.readTree(body).path("message").asText();
            return message.isEmpty() ? "" : ": " + message;
        } catch (JsonProcessingException page) {
            return "";
        }
    }

    @Override
    public String toString() {
        return "the MLflow server at " + address;
    }
}
