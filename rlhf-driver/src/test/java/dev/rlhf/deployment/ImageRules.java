package dev.rlhf.deployment;

import dev.rlhf.deployment.Dockerfile.Instruction;
import dev.rlhf.deployment.Dockerfile.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the house asks of an image, as far as its Dockerfile shows it. */
final class ImageRules {
    private static final List<String> LABELS =
            List.of("title", "description", "licenses", "version", "revision", "created", "base.name");

    /** A version of at least two parts, a date, or a digest. */
    private static final Pattern PINNED =
            Pattern.compile("[^\\s:@]+(:[\\w.-]*\\d{8}[\\w.-]*|:v?\\d+\\.\\d+[\\w.-]*|@sha256:[0-9a-f]{64})");

    /** The version is the one that the stage is made from. */
    private static final Pattern BASE = Pattern.compile("base\\.name=\"[^\":]+:[\\w.-]*\\$\\w+\"");

    private static final Pattern SECRET = Pattern.compile("(?i)\\w*(password|secret|token|api_?key)\\w*=");
    private static final Pattern FETCHED_AND_RUN = Pattern.compile("(curl|wget)\\b[^;&|]*\\|\\s*(ba)?sh\\b");
    private static final Pattern PIP = Pattern.compile("\\bpip3? install\\b([^;&|]*)");
    private static final Pattern APT = Pattern.compile("\\bapt-get install\\b([^;&|]*)");

    private final Dockerfile file;
    private final List<String> violations = new ArrayList<>();

    private ImageRules(Dockerfile file) {
        this.file = file;
    }

    /** What is wrong with a Dockerfile whose images are the stages of these names. */
    static List<String> violations(Dockerfile file, List<String> images) {
        ImageRules rules = new ImageRules(file);
        file.stages().forEach(rules::stage);
        for (String image : images) {
            Stage stage = file.stages().stream()
                    .filter(one -> one.name().equals(image))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no stage " + image));
            rules.image(stage);
        }
        rules.require(file.stages().size() > images.size(), "what builds it is in the image: one stage only");
        return rules.violations;
    }

    private void stage(Stage stage) {
        require(
                file.isStage(stage.base()) || PINNED.matcher(stage.base()).matches(),
                "base without a version: " + stage.base());
        stage.of("ADD").forEach(text -> require(false, "ADD instead of COPY: " + text));
        stage.of("ENV").forEach(text -> require(!SECRET.matcher(text).find(), "secret in ENV: " + text));
        stage.of("ARG").forEach(text -> require(!SECRET.matcher(text + "=").find(), "secret in ARG: " + text));
        stage.of("RUN").forEach(this::run);
    }

    private void run(String command) {
        require(!FETCHED_AND_RUN.matcher(command).find(), "what is downloaded is run: " + command);
        APT.matcher(command).results().forEach(found -> {
            require(found.group(1).contains("--no-install-recommends"), "recommended packages: " + command);
            require(command.contains("rm -rf /var/lib/apt/lists/*"), "lists of packages stay: " + command);
        });
        PIP.matcher(command).results().forEach(found -> {
            require(found.group(1).matches(".*(-r \\S+|==).*"), "pip without versions: " + command);
            require(found.group(1).contains("--no-deps"), "pip resolves what is not pinned: " + command);
            require(found.group(1).contains("--no-cache-dir"), "pip's cache stays: " + command);
        });
    }

    private void image(Stage stage) {
        List<Instruction> all = file.everythingOf(stage);
        String user = last(all, "USER");
        require(
                user.matches("[1-9]\\d*:[1-9]\\d*"),
                stage.name() + " runs as \"" + user + "\", not as a number that is not 0");
        require(
                last(all, "ENTRYPOINT").startsWith("["),
                stage.name() + "'s entry point is run by a shell, which keeps signals to itself");
        require(last(all, "CMD").startsWith("["), stage.name() + "'s arguments are read by a shell");
        require(last(all, "STOPSIGNAL").equals("SIGTERM"), stage.name() + " does not say by which signal it ends");
        String labels = all.stream()
                .filter(one -> one.name().equals("LABEL"))
                .map(Instruction::text)
                .reduce("", String::concat);
        require(BASE.matcher(labels).find(), stage.name() + "'s label base.name says no version of the base");
        require(
                all.stream()
                        .anyMatch(one -> one.name().equals("ENV") && one.text().matches("(.*\\s)?HOME=/tmp(\\s.*)?")),
                stage.name() + " has a home that is read-only, as its root is");
        for (String label : LABELS) {
            require(
                    labels.contains("org.opencontainers.image." + label + "="),
                    stage.name() + " has no label " + label);
        }
    }

    private static String last(List<Instruction> all, String name) {
        return all.stream()
                .filter(one -> one.name().equals(name))
                .reduce((first, second) -> second)
                .map(Instruction::text)
                .orElse("");
    }

    private void require(boolean holds, String violation) {
        if (!holds) {
            violations.add(violation);
        }
    }
}
