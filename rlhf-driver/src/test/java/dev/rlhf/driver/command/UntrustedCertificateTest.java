package dev.rlhf.driver.command;

import dev.rlhf.driver.submit.JobServer;
import dev.rlhf.driver.submit.KubernetesContext;
import dev.rlhf.driver.submit.KubernetesJobs;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.mlflow.MlFlow;
import dev.rlhf.testing.UntrustedServerContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The driver's clients refuse a server whose certificate is not trusted, at once, in one sentence, before it has sent anything. */
class UntrustedCertificateTest extends UntrustedServerContract {
    private static final Duration LONG = Duration.ofMinutes(10);

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
}
