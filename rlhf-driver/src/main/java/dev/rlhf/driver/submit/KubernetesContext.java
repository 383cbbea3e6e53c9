package dev.rlhf.driver.submit;

import dev.rlhf.core.base.RlhfException;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which Kubernetes, and which namespace of it, told as to kubectl.
 *
 * @param kubeconfig file with clusters and users; empty for {@code KUBECONFIG}, else {@code ~/.kube/config}, else the pod this runs in
 * @param context one of its contexts; empty for the current one
 * @param namespace where the objects are; empty for that of the context
 */
public record KubernetesContext(Optional<Path> kubeconfig, Optional<String> context, Optional<String> namespace) {
    /**
     * The configuration of a client that repeats nothing by itself.
     *
     * @param deadline longest wait for an answer
     * @throws RlhfException USER when the file or the context is not there
     */
    Config config(Duration deadline) {
        Config read = read();
        context.ifPresent(name -> {
            // A client would take the current context instead, and so another cluster.
            if (read.getCurrentContext() == null
                    || !name.equals(read.getCurrentContext().getName())) {
                throw RlhfException.user("--context: there is no context " + name + " in "
                        + kubeconfig.map(Path::toString).orElse("KUBECONFIG or ~/.kube/config"));
            }
        });
        int millis = Math.toIntExact(deadline.toMillis());
        return new ConfigBuilder(read)
                .withNamespace(namespace
                        .or(() -> Optional.ofNullable(read.getNamespace()))
                        .orElse("default"))
                .withConnectionTimeout(millis)
                .withRequestTimeout(millis)
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    /** The options by which a command finds it again. */
    public String options() {
        return Stream.of(
                        Optional.of("--kubernetes"),
                        kubeconfig.map(file -> "--kubeconfig " + ShellWord.quoted(file.toString())),
                        context.map(name -> "--context " + ShellWord.quoted(name)),
                        namespace.map(name -> "--namespace " + ShellWord.quoted(name)))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" "));
    }

    private Config read() {
        try {
            if (kubeconfig.isEmpty()) {
                return Config.autoConfigure(context.orElse(null));
            }
            if (!Files.isReadable(kubeconfig.get())) {
                throw RlhfException.user("--kubeconfig: cannot read " + kubeconfig.get());
            }
            return Config.fromKubeconfig(context.orElse(null), kubeconfig.get().toFile());
        } catch (KubernetesClientException broken) {
            throw RlhfException.user(
                    "the configuration of the Kubernetes client cannot be read: " + broken.getMessage());
        }
    }
}
