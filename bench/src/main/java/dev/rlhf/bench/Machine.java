package dev.rlhf.bench;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.learner.engine.NativeScope;
import dev.rlhf.learner.engine.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What the measurements were made on. */
final class Machine {
    private static final double GIBIBYTE = 1024.0 * 1024;

    private Machine() {}

    /** Facts by name. */
    static Map<String, String> facts(int threads) {
        Map<String, String> facts = new TreeMap<>();
        Processor processor = Processor.here();
        facts.put("processor", processor.model() + ", " + processor.vectors());
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        String kibibytes = after(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
        facts.put("memory", Math.round(Long.parseLong(kibibytes) / GIBIBYTE) + " GiB");
        facts.put("threads of either side", Integer.toString(threads));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("Java", Runtime.version().toString());
        facts.put("libtorch under DJL", NativeScope.version());
        facts.put("load before", load());
        return facts;
    }

    /** Load averages over 1, 5 and 15 minutes. */
    static String load() {
        return read(Path.of("/proc/loadavg"))
                .replaceAll("^(\\S+ \\S+ \\S+).*", "$1")
                .strip();
    }

    private static String after(Path file, String key) {
        return read(file)
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
