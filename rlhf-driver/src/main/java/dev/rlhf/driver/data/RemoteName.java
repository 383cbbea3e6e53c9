package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Paths that are no files of this machine but addresses, or names on the Hugging Face Hub. */
public final class RemoteName {
    /** A path keeps one of the two slashes of an address. */
    private static final Pattern ADDRESS = Pattern.compile("(?:^|.*/)([a-z][a-z0-9+]+):/+(.+)");

    private static final Pattern HUB = Pattern.compile("[A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*");

    private RemoteName() {}

    /** Throws USER saying what to download when {@code file}, which is not there, reads like an address or a name on the Hub. */
    public static void refuse(Path file) {
        Matcher address = ADDRESS.matcher(file.toString());
        if (address.matches()) {
            throw RlhfException.user(address.group(1) + "://" + address.group(2)
                    + " is an address; data are read from files: download it, e.g. with curl -LO, and give the path of the"
                    + " file");
        }
        hubName(file).ifPresent(name -> {
            throw RlhfException.user("no such file: " + file + "; if " + name
                    + " is a data set on the Hugging Face Hub, download it with hf download " + name
                    + " --repo-type dataset --local-dir data, and give the path of one of its files");
        });
    }

    /** Throws USER saying what to download when {@code directory} is not there. */
    public static void refuseModel(Path directory) {
        Matcher address = ADDRESS.matcher(directory.toString());
        if (address.matches()) {
            throw RlhfException.user(address.group(1) + "://" + address.group(2)
                    + " is an address; a model is read from a folder: download it, e.g. with hf download, and give the path"
                    + " of the folder");
        }
        hubName(directory).ifPresent(name -> {
            throw RlhfException.user("no such model directory: " + directory + "; if " + name
                    + " is a model on the Hugging Face Hub, download it with hf download " + name + " --local-dir "
                    + name.substring(name.indexOf('/') + 1) + ", and give the path of that folder");
        });
    }

    /**
     * Owner and name, where the owner is no folder of this machine, the folder that would hold it is one, and the name has no extension of
     * a file.
     */
    private static Optional<String> hubName(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        Path around = parent == null ? null : parent.getParent();
        if (parent == null || around == null || Files.exists(parent) || !Files.exists(around)) {
            return Optional.empty();
        }
        String name = parent.getFileName() + "/" + file.getFileName();
        return HUB.matcher(name).matches() && !name.matches(".*\\.(jsonl?|csv|tsv|parquet|txt|gz)")
                ? Optional.of(name)
                : Optional.empty();
    }
}
