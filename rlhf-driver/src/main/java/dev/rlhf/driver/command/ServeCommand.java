package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.Secret;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.driver.data.RemoteName;
import dev.rlhf.serve.GenerationServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf serve MODEL_DIR --port P}. */
@Command(
        name = "serve",
        description = "Serves a model over vLLM's HTTP protocol until interrupted; VLLM_API_KEY or a file that"
                + " VLLM_API_KEY_FILE names holds the key that requests must show, if any.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final String KEY = "VLLM_API_KEY";

    @Parameters(paramLabel = "MODEL_DIR", description = "Hugging Face model directory")
    private Path model = Path.of("");

    @Option(names = "--port", paramLabel = "P", required = true, description = "port; 0 takes any free one")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "address to listen on (default: ${DEFAULT-VALUE})")
    private String host = "";

    @Option(
            names = "--served-model-name",
            defaultValue = "policy",
            description = "name clients ask for (default: ${DEFAULT-VALUE})")
    private String name = "";

    @Option(
            names = "--max-batch",
            defaultValue = "128",
            description = "most sequences decoded together (default: ${DEFAULT-VALUE})")
    private int maxBatch;

    @Option(names = "--threads", defaultValue = "1", description = "intra-op threads (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--context-length",
            paramLabel = "TOKENS",
            description = "most tokens of prompt and response together (default: what the model can)")
    private @Nullable Integer contextLength;

    @Option(
            names = "--max-requests",
            paramLabel = "N",
            defaultValue = "" + ServerAccess.USUAL_REQUESTS,
            description =
                    "most completions on their way at once; another is refused with 503 (default: ${DEFAULT-VALUE})")
    private int maxRequests;

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isDirectory(model)) {
            RemoteName.refuseModel(model);
            throw RlhfException.user("no such model directory: " + model);
        }
        ServerAccess access = access();
        GenerationSettings settings = new GenerationSettings(model, host, port, name, maxBatch, threads, contextLength);
        try (GenerationServer server = GenerationServer.start(settings, access)) {
            Console.say("serving " + model + " as " + name + " at " + server.endpoint());
            // Ends with the process: an interrupt stops the virtual machine.
            new CountDownLatch(1).await();
        }
        return 0;
    }

    /** Whoever reaches a server can replace its weights, so beyond this machine it is nobody's without a key. */
    private ServerAccess access() {
        if (maxRequests < 1) {
            throw RlhfException.user("--max-requests must be at least 1, not " + maxRequests);
        }
        Optional<String> key = Secret.of(KEY);
        if (key.isEmpty() && !isLoopback()) {
            throw RlhfException.user("--host " + host
                    + " is reached from other machines, and whoever reaches the server"
                    + " can replace its weights: set a key in " + KEY + ", or a file with one in " + KEY + Secret.FILE);
        }
        return new ServerAccess(key, maxRequests);
    }

    private boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw RlhfException.user("--host " + host + " is no address of this machine");
        }
    }
}
