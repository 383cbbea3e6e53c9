package dev.rlhf.driver.command;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.driver.data.RemoteName;
import dev.rlhf.serve.GenerationServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./rlhf serve MODEL_DIR --port P}. */
@Command(
        name = "serve",
        description = "Serves a model over vLLM's HTTP protocol until interrupted.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
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

    @Override
    public Integer call() throws InterruptedException {
        if (!Files.isDirectory(model)) {
            RemoteName.refuseModel(model);
            throw RlhfException.user("no such model directory: " + model);
        }
        GenerationSettings settings = new GenerationSettings(model, host, port, name, maxBatch, threads, contextLength);
        try (GenerationServer server = GenerationServer.start(settings)) {
            Console.say("serving " + model + " as " + name + " at " + server.endpoint());
            // Ends with the process: an interrupt stops the virtual machine.
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
