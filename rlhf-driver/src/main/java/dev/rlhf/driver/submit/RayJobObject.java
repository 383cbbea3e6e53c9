package dev.rlhf.driver.submit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * A run as objects of Kubernetes: a RayJob, whose pods somebody has described, and a ConfigMap with the recipe and its files.
 *
 * <p>The files lie in every pod, and so does the script that is the job's driver: an entry point of plain words needs no quoting, in whichever
 * way KubeRay has it submitted.
 *
 * @param rayJob the RayJob
 * @param configMap the ConfigMap
 */
record RayJobObject(ObjectNode rayJob, ObjectNode configMap) {
    /** Annotations that say what {@link JobInfo} has. */
    static final String OUT = "rlhf/out";

    static final String RESUME = "rlhf/resume";

    /** Where the files lie in a pod. */
    static final String FOLDER = "/etc/rlhf-job";

    /** The file with the command of the driver. */
    static final String SCRIPT = "run.sh";

    /** The folder of a ConfigMap's volume is named once more in each pod. */
    private static final String VOLUME = "rlhf-job";

    private static final String NAME = "name";
    private static final String SPEC = "spec";
    private static final String METADATA = "metadata";
    private static final String TIME_TO_LIVE = "ttlSecondsAfterFinished";

    /** Seconds for which the pods stay after the end of a job, so that whoever follows it reads the rest of its log. */
    private static final int READING = 60;

    /** Most bytes of the files; Kubernetes takes ConfigMaps up to 1 MiB. */
    private static final int MOST_BYTES = 1_000_000;

    /**
     * Puts a run into described pods.
     *
     * @param described a RayJob; what says which run it is, and what follows its end, is replaced
     * @param source what messages call it
     * @param files contents by their paths below {@link #FOLDER}, {@link #SCRIPT} among them
     * @throws RlhfException USER when it describes no cluster, or when the files are too many
     */
    static RayJobObject of(
            JsonNode described, String source, Submission.Label label, Map<String, PackageBuilder.Content> files)
            throws IOException {
        if (!described.path(SPEC).path("rayClusterSpec").isObject()) {
            throw RlhfException.user(
                    source + " holds no RayJob with a rayClusterSpec, which says what pods a run gets");
        }
        ObjectNode configMap = JsonNodeFactory.instance.objectNode();
        configMap.putObject(METADATA).put(NAME, label.id());
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        fill(configMap.putObject("binaryData"), items, files);

        ObjectNode rayJob = described.deepCopy();
        rayJob.remove("status");
        ObjectNode metadata = rayJob.withObject("/" + METADATA).remove(List.of("generateName", "namespace"));
        metadata.put(NAME, label.id());
        metadata.withObject("/annotations").put(OUT, label.out()).put(RESUME, label.resume());
        ObjectNode spec = (ObjectNode) rayJob.path(SPEC);
        spec.remove(List.of("jobId", "suspend", "clusterSelector"));
        spec.put("entrypoint", "sh " + FOLDER + "/" + SCRIPT);
        // A second try by itself would begin a run that is there; whoever follows the job is told how it goes on.
        spec.put("backoffLimit", 0);
        spec.put("shutdownAfterJobFinishes", true);
        if (!spec.has(TIME_TO_LIVE)) {
            spec.put(TIME_TO_LIVE, READING);
        }
        mount(spec.path("rayClusterSpec"), label.id(), items);
        return new RayJobObject(rayJob, configMap);
    }

    private static void fill(ObjectNode data, ArrayNode items, Map<String, PackageBuilder.Content> files)
            throws IOException {
        long bytes = 0;
        for (Map.Entry<String, PackageBuilder.Content> file : files.entrySet()) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            file.getValue().writeTo(content);
            bytes += content.size();
            if (bytes > MOST_BYTES) {
                throw RlhfException.user("the recipe and the files that it names come to more than " + MOST_BYTES
                        + " bytes, which is all that a RayJob may bring; put the large ones into the volume of the"
                        + " pods, and name that folder by --shared");
            }
            // A key may hold no slash; the path stands beside it.
            String key = "file-" + items.size();
            data.put(key, content.toByteArray());
            items.addObject().put("key", key).put("path", file.getKey());
        }
    }

    private static void mount(JsonNode cluster, String configMap, ArrayNode items) {
        mountIn(cluster.path("headGroupSpec"), configMap, items);
        cluster.path("workerGroupSpecs").forEach(group -> mountIn(group, configMap, items));
    }

    /** KubeRay takes the first container of a pod for that of Ray. */
    private static void mountIn(JsonNode group, String configMap, ArrayNode items) {
        if (group.path("template").path(SPEC) instanceof ObjectNode pod
                && pod.path("containers").path(0) instanceof ObjectNode ray) {
            pod.withArray("/volumes")
                    .addObject()
                    .put(NAME, VOLUME)
                    .putObject("configMap")
                    .put(NAME, configMap)
                    .set("items", items.deepCopy());
            ray.withArray("/volumeMounts")
                    .addObject()
                    .put(NAME, VOLUME)
                    .put("mountPath", FOLDER)
                    .put("readOnly", true);
        }
    }
}
