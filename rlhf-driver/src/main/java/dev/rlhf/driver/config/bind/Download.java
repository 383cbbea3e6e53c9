package dev.rlhf.driver.config.bind;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody should download who names a thing of the network where a path is wanted; nothing is downloaded here. */
public final class Download {
    private static final Pattern ADDRESS = Pattern.compile("[a-z][a-z0-9+.-]*://\\S+");
    private static final Pattern OF_THE_HUB =
            Pattern.compile("(?:https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)|hf:/)/(datasets/)?([\\w.-]+/[\\w.-]+)\\S*");
    private static final Pattern HUB_NAME = Pattern.compile("[\\w-][\\w.-]*/[\\w-]+(?:\\.\\d+[\\w-]*)*");

    private Download() {}

    /** What is wrong with an address where a path is wanted; empty when the text is none. */
    static Optional<String> insteadOfAddress(String text) {
        Matcher hub = OF_THE_HUB.matcher(text);
        if (hub.matches()) {
            return Optional.of("must be a path on this machine, not an address; download it first, e.g. "
                    + command(hub.group(2), hub.group(1) != null, hub.group(2)) + ", and name that folder or a file in it");
        }
        return ADDRESS.matcher(text).matches()
                ? Optional.of("must be a path on this machine, not the address " + text
                        + "; download it first, e.g. curl -L -O " + text + ", and name the file")
                : Optional.empty();
    }

    /**
     * What to download to a path where nothing is and whose end reads like a name of the Hugging Face Hub, e.g. {@code
     * meta-llama/Llama-3.2-1B}; empty where it does not, or where somebody has made the folder above it.
     *
     * @param data whether data are wanted there, else a model
     */
    public static Optional<String> to(Path path, boolean data) {
        Path parent = path.toAbsolutePath().getParent();
        if (parent == null || parent.getFileName() == null || Files.exists(parent)) {
            return Optional.empty();
        }
        String name = parent.getFileName() + "/" + path.getFileName();
        return HUB_NAME.matcher(name).matches()
                ? Optional.of("if " + name + " of the Hugging Face Hub is meant, download it first: "
                        + command(name, data, path.toString()) + (data ? ", and name the file in it" : ""))
                : Optional.empty();
    }

    private static String command(String name, boolean data, String folder) {
        return "hf download " + (data ? "--repo-type dataset " : "") + name + " --local-dir " + folder;
    }
}
