package dev.rlhf.driver.submit;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Unanswered;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where a job server is said to be, and what to say when it is not there.
 *
 * @param url e.g. {@code http://10.0.0.1:8265/}
 */
record JobServerAddress(HttpUrl url) {
    /** Where nodes find the head of their cluster, unless {@code ray start} was told another port. */
    private static final int CLUSTER_PORT = 6379;

    /** How HTTP/2, in which Ray's own ports speak, begins: a frame with settings, as bytes of the answer and as hexadecimal digits. */
    private static final Pattern SETTINGS = Pattern.compile("\\x04\\x00{5}|content=[0-9a-f]{6}040{10}");

    /** Reads one; throws USER for an address that is none, or that holds a password. */
    static JobServerAddress of(URI given) {
        HttpUrl url = HttpUrl.parse(given.toString());
        if (url == null) {
            throw none(given.toString());
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            throw RlhfException.user(
                    "the address of a Ray cluster is told in logs and holds no password: leave out what is before "
                            + url.host()
                            + "; a token is given by RAY_AUTH_TOKEN or a file that RAY_AUTH_TOKEN_FILE names");
        }
        return new JobServerAddress(url);
    }

    /** What is said of an address that is none. */
    static RlhfException none(String given) {
        return RlhfException.user((given.isBlank()
                        ? "the address of a Ray cluster's job server is empty"
                        : "not an address of a Ray cluster's job server: " + given)
                + "; write that of its dashboard, e.g. http://10.0.0.1:8265");
    }

    /** What to do when nothing there answers as a job server does; {@code failure} is that of the connection. */
    String remedy(@Nullable Throwable failure) {
        if (url.port() == CLUSTER_PORT || (failure instanceof IOException broken && speaksAsRay(broken))) {
            return "; that is the cluster's own port (" + CLUSTER_PORT
                    + " by default), and the dashboard's, 8265 by default, is what submit wants: --address "
                    + url.newBuilder().port(8265).build();
        }
        return failure != null && Unanswered.of(failure).why() == Unanswered.Why.MISUNDERSTOOD
                ? Unanswered.otherScheme(url.uri())
                : "; give the address of the cluster's dashboard, e.g. --address http://10.0.0.1:8265";
    }

    /** What to do about a refusal. */
    String remedy(int status, String text) {
        if (!url.isHttps() && Unanswered.wantsTls(status, text)) {
            return Unanswered.otherScheme(url.uri());
        }
        return status == 404 ? remedy(null) : "";
    }

    /** What is said of an answer that sends one elsewhere; {@code location} may be empty. */
    RlhfException elsewhere(int status, String location) {
        String there = Optional.ofNullable(url.resolve(location))
                .filter(found -> !location.isEmpty())
                // No more of it: what follows may hold what only the one who was sent there should know.
                .map(found -> ", to " + found.scheme() + "://" + found.host() + ":" + found.port())
                .orElse("");
        return RlhfException.user("the Ray cluster at " + url + " sends one elsewhere (status " + status + there
                + "), and nothing is sent there; give the address that answers itself");
    }

    private static boolean speaksAsRay(IOException broken) {
        Throwable told = broken.getCause() == null ? broken : broken.getCause();
        return SETTINGS.matcher(String.valueOf(told.getMessage())).find();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}
