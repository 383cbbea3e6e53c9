package dev.rlhf.driver.submit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.Certificates;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Unanswered;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * RayJobs of a Kubernetes cluster with the KubeRay operator.
 *
 * <p>Each has a Ray cluster of its own, which comes with it and goes with it. The log is that of its job server, which the API server
 * hands on: nothing of the cluster needs to be reached from here but that.
 */
public final class KubernetesJobs implements JobClient {
    private static final ResourceDefinitionContext RAY_JOBS = new ResourceDefinitionContext.Builder()
            .withGroup("ray.io")
            .withVersion("v1")
            .withKind("RayJob")
            .withPlural("rayjobs")
            .withNamespaced(true)
            .build();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String SUSPEND = "{\"spec\": {\"suspend\": true}}";
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;

    private final KubernetesClient client;
    private final KubernetesContext context;

    private KubernetesJobs(KubernetesClient client, KubernetesContext context) {
        this.client = client;
        this.context = context;
    }

    /**
     * The RayJobs of a namespace, once the API server has said that there can be some.
     *
     * @throws RlhfException USER for a configuration without the cluster, a missing right or a missing KubeRay, RESOURCE when nothing answers
     */
    public static KubernetesJobs in(KubernetesContext context) {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(context.config(DEADLINE))
                .build();
        KubernetesJobs jobs = new KubernetesJobs(client, context);
        try {
            jobs.ask(
                    "the list of RayJobs",
                    () -> jobs.all().list(new ListOptionsBuilder().withLimit(1L).build()));
        } catch (RlhfException failure) {
            throw switch (failure.kind()) {
                case TRANSIENT ->
                    RlhfException.resource(
                            failure.getMessage()
                                    + "; kubectl config get-contexts lists the clusters, --context names another one",
                            failure);
                case USER, RESOURCE, DIVERGED, BUG -> failure;
            };
        }
        return jobs;
    }

    /**
     * Reads the RayJob of a file, which may hold other objects as well.
     *
     * @throws RlhfException USER when there is none
     */
    JsonNode described(Path file) {
        try (InputStream text = Files.newInputStream(file)) {
            for (HasMetadata object : client.load(text).items()) {
                if (object.getKind().equals(RAY_JOBS.getKind())) {
                    return json(client.getKubernetesSerialization().asJson(object));
                }
            }
        } catch (IOException refused) {
            throw RlhfException.user("cannot read " + file + ": " + FileFault.reason(refused));
        } catch (KubernetesClientException | IllegalArgumentException broken) {
            throw RlhfException.user(file + " holds no objects of Kubernetes: " + broken.getMessage());
        }
        throw RlhfException.user(file + " holds no RayJob");
    }

    /** Makes the objects; the ConfigMap goes with the RayJob. */
    void create(RayJobObject objects) {
        GenericKubernetesResource rayJob = client.getKubernetesSerialization()
                .unmarshal(objects.rayJob().toString(), GenericKubernetesResource.class);
        ConfigMap configMap = client.getKubernetesSerialization()
                .unmarshal(objects.configMap().toString(), ConfigMap.class);
        GenericKubernetesResource made =
                ask("the RayJob", () -> all().resource(rayJob).create());
        configMap
                .getMetadata()
                .setOwnerReferences(List.of(new OwnerReferenceBuilder()
                        .withApiVersion(RAY_JOBS.getGroup() + "/" + RAY_JOBS.getVersion())
                        .withKind(RAY_JOBS.getKind())
                        .withName(made.getMetadata().getName())
                        .withUid(made.getMetadata().getUid())
                        .build()));
        try {
            ask(
                    "the ConfigMap",
                    () -> client.configMaps()
                            .inNamespace(client.getNamespace())
                            .resource(configMap)
                            .create());
        } catch (RlhfException failure) {
            // Its pods would wait for the files for ever.
            ask("the end of the RayJob", () -> one(made.getMetadata().getName()).delete());
            throw failure;
        }
    }

    @Override
    public Optional<JobInfo> job(String id) {
        return status(id).map(status -> status.info(id));
    }

    @Override
    public String log(String id) {
        Optional<String> path = status(id).flatMap(status -> status.proxy(client.getNamespace()));
        // A cluster that is gone, and a job that it does not know yet, are answered with nothing.
        String answer = path.map(job -> ask("the log of " + id, () -> client.raw(job + "/logs")))
                .orElse(null);
        return answer == null ? "" : json(answer).path("logs").asText("");
    }

    /** A job that has begun is stopped by its own cluster and keeps its log for a while; another one is not begun. */
    @Override
    public void stop(String id) {
        Optional<String> path = status(id).flatMap(status -> status.proxy(client.getNamespace()));
        if (path.isPresent()) {
            ask("the stop of " + id, () -> client.raw(path.get() + "/stop", "POST", null));
        } else {
            ask("the stop of " + id, () -> one(id).patch(PatchContext.of(PatchType.JSON_MERGE), SUSPEND));
        }
    }

    @Override
    public String options() {
        return context.options();
    }

    @Override
    public String toString() {
        return "namespace " + client.getNamespace() + " of " + client.getMasterUrl();
    }

    private Optional<RayJobStatus> status(String id) {
        return Optional.ofNullable(ask(id, () -> one(id).get()))
                .map(found -> new RayJobStatus(
                        json(client.getKubernetesSerialization().asJson(found))));
    }

    private Resource<GenericKubernetesResource> one(String id) {
        return all().withName(id);
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            all() {
        return client.genericKubernetesResources(RAY_JOBS).inNamespace(client.getNamespace());
    }

    private <T extends @Nullable Object> T ask(String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (KubernetesClientException failure) {
            throw translated(what, failure);
        }
    }

    private RlhfException translated(String what, KubernetesClientException failure) {
        int code = failure.getCode();
        if (code <= 0) {
            Optional<String> distrusted = Certificates.complaint(
                    "the Kubernetes API server at " + client.getMasterUrl(),
                    failure,
                    "name its authority in the kubeconfig (certificate-authority)");
            if (distrusted.isPresent()) {
                return RlhfException.resource(distrusted.get(), failure);
            }
            return RlhfException.transientFault(
                    "no Kubernetes API server answers at " + client.getMasterUrl() + " ("
                            + Unanswered.of(failure).reason() + ")",
                    failure);
        }
        String words = Optional.ofNullable(failure.getStatus())
                .map(Status::getMessage)
                .orElse(String.valueOf(failure.getMessage()));
        String sentence = "the Kubernetes API server at " + client.getMasterUrl() + " answered " + code + " to " + what
                + ": " + words.strip().replace('\n', ' ');
        if (code >= SERVER_ERROR || code == TOO_MANY) {
            return RlhfException.transientFault(sentence, failure);
        }
        return RlhfException.user(sentence
                + switch (code) {
                    case UNAUTHORIZED -> "; log in again, as for kubectl";
                    case FORBIDDEN -> "; docs/ray.md lists the rights that a submitter needs";
                    case NOT_FOUND -> "; is the KubeRay operator installed there?";
                    default -> "";
                });
    }

    private JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException broken) {
            throw RlhfException.transientFault(
                    "the Kubernetes API server at " + client.getMasterUrl() + " answered what is no JSON", broken);
        }
    }
}
