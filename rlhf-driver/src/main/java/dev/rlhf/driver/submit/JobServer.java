package dev.rlhf.driver.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.Certificates;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Unanswered;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The job server of a Ray cluster: the REST API of its dashboard.
 *
 * <p>No connection and 5xx may pass (TRANSIENT), an address where something else answers and a missing token are the caller's mistake
 * (USER). No call waits longer than its deadline.
 */
public final class JobServer implements JobClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final MediaType ZIP_TYPE = MediaType.get("application/zip");
    private static final Duration UPLOAD = Duration.ofMinutes(10);
    private static final int NOT_FOUND = 404;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int SERVER_ERROR = 500;
    private static final int LONGEST_WORDS = 300;

    private final OkHttpClient http;
    private final JobServerAddress address;
    private final Optional<String> token;

    /**
     * The server at an address.
     *
     * @param address e.g. {@code http://10.0.0.1:8265}
     * @param token what a cluster with authentication asks for; sent as a bearer token
     * @param deadline longest wait for an answer, but for one to a package
     * @throws RlhfException USER for an address that is none, or that holds a password
     */
    public JobServer(URI address, Optional<String> token, Duration deadline) {
        this.address = JobServerAddress.of(address);
        this.token = token;
        this.http = new OkHttpClient.Builder()
                .connectTimeout(deadline)
                .readTimeout(deadline)
                .callTimeout(deadline)
                // A job's files, and the token, go where the user has said and nowhere else.
                .followRedirects(false)
                .build();
    }

    /** What is said of an address that is none. */
    public static RlhfException noAddress(String given) {
        return JobServerAddress.none(given);
    }

    /** What an answer was. */
    private record Answer(int status, String text, String location) {}

    /**
     * The version of Ray that answers.
     *
     * @throws RlhfException USER when what answers is no job server, RESOURCE when nothing does
     */
    public String version() {
        try {
            JsonNode answer = json(expect(ask(request("api/version").get().build(), http), "api/version"));
            if (answer.path("ray_version").isTextual()) {
                return answer.path("ray_version").asText();
            }
        } catch (RlhfException failure) {
            throw switch (failure.kind()) {
                case TRANSIENT ->
                    RlhfException.resource(failure.getMessage() + address.remedy(failure.getCause()), failure);
                case USER, RESOURCE, DIVERGED, BUG -> failure;
            };
        }
        throw RlhfException.user("what answers at " + address + " is no job server of Ray" + address.remedy(null));
    }

    /** Whether the cluster has a package. */
    boolean has(JobPackage one) {
        Answer answer = ask(request("api/packages/gcs/" + one.name()).get().build(), http);
        if (answer.status == NOT_FOUND) {
            return false;
        }
        expect(answer, one.name());
        return true;
    }

    /** Sends a package. */
    void upload(JobPackage one) {
        OkHttpClient patient = http.newBuilder()
                .callTimeout(UPLOAD)
                .readTimeout(UPLOAD)
                .writeTimeout(UPLOAD)
                .build();
        RequestBody body = RequestBody.create(one.file().toFile(), ZIP_TYPE);
        expect(ask(request("api/packages/gcs/" + one.name()).put(body).build(), patient), one.name());
    }

    /** Starts a job; {@code body} is that of {@code POST /api/jobs/}. */
    void submit(JsonNode body) {
        RequestBody text = RequestBody.create(body.toString(), JSON_TYPE);
        expect(ask(request("api/jobs/").post(text).build(), http), "the job");
    }

    @Override
    public Optional<JobInfo> job(String id) {
        Answer answer = ask(request("api/jobs/" + id).get().build(), http);
        return answer.status == NOT_FOUND ? Optional.empty() : Optional.of(JobInfo.read(id, json(expect(answer, id))));
    }

    @Override
    public String log(String id) {
        Answer answer = ask(request("api/jobs/" + id + "/logs").get().build(), http);
        return json(expect(answer, id)).path("logs").asText("");
    }

    @Override
    public void stop(String id) {
        expect(ask(request("api/jobs/" + id + "/stop").post(RequestBody.EMPTY).build(), http), id);
    }

    @Override
    public String options() {
        return "--address " + ShellWord.quoted(address.toString());
    }

    @Override
    public String toString() {
        return address.toString();
    }

    private Request.Builder request(String path) {
        Request.Builder request = new Request.Builder()
                .url(address.url().newBuilder().addPathSegments(path).build());
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private Answer ask(Request request, OkHttpClient client) {
        try (Response response = client.newCall(request).execute()) {
            return new Answer(
                    response.code(),
                    response.body().string(),
                    Optional.ofNullable(response.header("Location")).orElse(""));
        } catch (IOException failure) {
            Certificates.complaint("the Ray cluster at " + address, failure, Certificates.TRUST_STORE)
                    .ifPresent(complaint -> {
                        throw RlhfException.resource(complaint, failure);
                    });
            throw RlhfException.transientFault(
                    "no Ray job server answers at " + address + " ("
                            + Unanswered.of(failure).reason() + ")",
                    failure);
        }
    }

    /** The text of an answer that is no refusal. */
    private String expect(Answer answer, String what) {
        int status = answer.status;
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            throw RlhfException.user("the Ray cluster at " + address + " asks for a token"
                    + (token.isPresent() ? " and does not take the one in RAY_AUTH_TOKEN" : ": set RAY_AUTH_TOKEN"));
        }
        if (status >= SERVER_ERROR) {
            throw RlhfException.transientFault(refusal(answer, what), null);
        }
        if (status >= 300 && status < 400) {
            throw address.elsewhere(status, answer.location);
        }
        if (status < 200 || status >= 300) {
            throw RlhfException.user(refusal(answer, what) + address.remedy(status, answer.text));
        }
        return answer.text;
    }

    private String refusal(Answer answer, String what) {
        String text = answer.text.strip();
        // The last line of Python's stack trace says what happened; of a page all but its tags is told.
        String words = text.startsWith("<")
                ? text.replaceAll("<[^>]*>", " ").strip().replaceAll("\\s+", " ")
                : text.lines().reduce("", (first, last) -> last);
        return "the Ray cluster at " + address + " answered " + answer.status + " to " + what + ": "
                + words.substring(0, Math.min(words.length(), LONGEST_WORDS)).replaceFirst("\\.$", "");
    }

    private JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw RlhfException.user(
                    "what answers at " + address + " does not speak as a job server of Ray" + address.remedy(null));
        }
    }
}
