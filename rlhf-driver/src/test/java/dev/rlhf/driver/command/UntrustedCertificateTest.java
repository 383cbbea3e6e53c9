package dev.rlhf.driver.command;

import static dev.rlhf.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.driver.submit.JobServer;
import dev.rlhf.driver.submit.KubernetesContext;
import dev.rlhf.driver.submit.KubernetesJobs;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.mlflow.MlFlow;
import dev.rlhf.testing.NotingServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The driver's clients refuse a server whose certificate is not trusted, at once, in one sentence, before it has sent anything. */
@Timeout(60)
class UntrustedCertificateTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    @TempDir
    static Path folder;

    private NotingServer server;

    @BeforeEach
    void start() {
        server = NotingServer.startSelfSigned(folder, body -> "{}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aTrackingServerIsRefused() {
        MlFlow tracker = new MlFlow(server.address(), "an experiment", null);
        assertRefused(
                "MLflow server",
                "trustStore",
                () -> tracker.open(new TrackedRun("run-1", folder, Map.of(), 0)).close(true, 1));
    }

    @Test
    void aJobServerIsRefused() {
        JobServer jobs = new JobServer(server.address(), Optional.of("key"), LONG);
        assertRefused("Ray cluster", "trustStore", jobs::version);
    }

    @Test
    void anApiServerOfKubernetesIsRefused() throws IOException {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                current-context: here
                contexts: [{name: here, context: {cluster: fake, user: me, namespace: ml}}]
                clusters: [{name: fake, cluster: {server: "%s"}}]
                users: [{name: me, user: {token: key}}]
                """.formatted(server.address()));
        KubernetesContext context = new KubernetesContext(Optional.of(kubeconfig), Optional.empty(), Optional.empty());
        assertRefused("Kubernetes API server", "certificate-authority", () -> KubernetesJobs.in(context));
    }

    private void assertRefused(String what, String remedy, ThrowingCallable call) {
        assertFails(
                call,
                ErrorKind.RESOURCE,
                what,
                server.address().toString(),
                "shows a TLS certificate that is not trusted here (",
                remedy);
        assertThat(server.authorizations()).as("requests that came through").isEmpty();
    }
}
