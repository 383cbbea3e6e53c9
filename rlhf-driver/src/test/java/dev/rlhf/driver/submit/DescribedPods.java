package dev.rlhf.driver.submit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Pods for a run, as a user describes them.
 *
 * @param folder where the description is written
 */
record DescribedPods(Path folder) {
    static final Submission.Label LABEL =
            new Submission.Label("rlhf-small-20261126-120000-3f2a", "/runs/a", "./rlhf submit small.yaml --resume");

    /** Two kinds of pods, of which one has a volume already, and what a submitter must not take over. */
    static final String TEXT = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: runs}
            spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 5Gi}}}
            ---
            apiVersion: ray.io/v1
            kind: RayJob
            metadata: {name: demo, namespace: other, labels: {team: a}}
            spec:
              entrypoint: sleep 5
              backoffLimit: 3
              submissionMode: HTTPMode
              rayClusterSpec:
                rayVersion: 2.60.0
                headGroupSpec:
                  rayStartParams: {num-cpus: "0"}
                  template:
                    spec: &pod
                      containers:
                        - name: ray
                          image: rlhf:0.1.0
                          volumeMounts: [{name: runs, mountPath: /runs}]
                        - {name: beside, image: other}
                      volumes: [{name: runs, persistentVolumeClaim: {claimName: runs}}]
                workerGroupSpecs:
                  - {groupName: worker, replicas: 2, minReplicas: 2, maxReplicas: 2, rayStartParams: {}, template: {spec: *pod}}
            """;

    /** Writes another description. */
    Path write(String text) {
        try {
            return Files.writeString(folder.resolve("pods.yaml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a run of two files in these pods. */
    void create(KubernetesJobs jobs) {
        create(jobs, TEXT);
    }

    /** The same in other pods. */
    void create(KubernetesJobs jobs, String text) {
        PackageBuilder files = PackageBuilder.compressing()
                .add("recipe/small.yaml", "name: small")
                .add(RayJobObject.SCRIPT, "exec sh /opt/rlhf/rlhf run recipe/small.yaml");
        Path file = write(text);
        try {
            jobs.create(RayJobObject.of(jobs.described(file), file.toString(), LABEL, files.entries()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
