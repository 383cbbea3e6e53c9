package dev.rlhf.serve;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.rollout.GenerationHost;
import dev.rlhf.core.rollout.GenerationSettings;
import dev.rlhf.core.rollout.ServerAccess;
import dev.rlhf.learner.HuggingFaceTokenizer;
import dev.rlhf.learner.ModelDirectory;
import dev.rlhf.learner.decoder.CachedDecoder;
import dev.rlhf.learner.decoder.SelfTest;
import dev.rlhf.learner.model.ModelConfig;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The embedded generation server: a real HTTP server that speaks the part of vLLM's protocol a trainer uses.
 *
 * <p>The same request with the same seed gives the same tokens and log-probs, bit for bit, whatever runs beside it.
 */
public final class GenerationServer implements GenerationHost.Running {
    /** Makes the server known. */
    public static final class Host implements GenerationHost {
        @Override
        public GenerationServer start(GenerationSettings settings, ServerAccess access) {
            return GenerationServer.start(settings, access);
        }
    }

    private static final Logger LOG = System.getLogger(GenerationServer.class.getName());
    private static final int LARGEST_PORT = 65_535;

    private final Javalin http;
    private final DecodeEngine engine;
    private final HuggingFaceTokenizer tokenizer;
    private final ExecutorService writers;
    private final URI endpoint;

    private GenerationServer(
            Javalin http, DecodeEngine engine, HuggingFaceTokenizer tokenizer, ExecutorService writers, URI endpoint) {
        this.http = http;
        this.writers = writers;
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.endpoint = endpoint;
    }

    /** Loads the model and listens, open to whoever reaches the port. */
    public static GenerationServer start(GenerationSettings settings) {
        return start(settings, ServerAccess.OPEN);
    }

    /**
     * Loads the model and listens.
     *
     * @throws RlhfException USER naming the file when the model cannot be read, or the port when it is taken
     */
    public static GenerationServer start(GenerationSettings settings, ServerAccess access) {
        if (settings.maxBatch() < 1) {
            throw RlhfException.user("max-batch must be at least 1, not " + settings.maxBatch());
        }
        if (settings.port() < 0 || settings.port() > LARGEST_PORT) {
            throw RlhfException.user("the port must be from 0 to " + LARGEST_PORT + ", not " + settings.port());
        }
        requireFreePort(settings);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.open(settings.modelDirectory());
        CachedDecoder decoder = decoder(settings, tokenizer);
        ServerMetrics metrics = new ServerMetrics(settings.modelName());
        DecodeEngine engine = new DecodeEngine(decoder, settings, metrics);
        ExecutorService writers = writers();
        GenerationApi api = new GenerationApi(
                engine,
                metrics,
                new CompletionReader(decoder.config(), tokenizer, settings.modelName()),
                new CompletionWriter(tokenizer, settings.modelName(), Clock.systemUTC()),
                new ServedModel(settings.modelName(), decoder.config().contextLength(), tokenizer),
                new Admissions(access.mostRequests(), writers),
                writers);
        Javalin http = http(api, access);
        try {
            http.start(settings.host(), settings.port());
        } catch (RuntimeException refused) {
            engine.close();
            tokenizer.close();
            writers.shutdown();
            throw portTaken(settings, refused);
        }
        return new GenerationServer(http, engine, tokenizer, writers, endpoint(settings.host(), http.port()));
    }

    private static Javalin http(GenerationApi api, ServerAccess access) {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.http.prefer405over404 = true;
            config.http.maxRequestSize = RequestBody.MOST;
            // No packing, as vLLM: who asks is near, and packing would take longer than sending.
            config.http.compressionStrategy = CompressionStrategy.NONE;
            access.key().map(KeyCheck::new).ifPresent(key -> config.routes.before(key::check));
            api.register(config.routes);
        });
    }

    /** Answers of many samples are written beside the engine, which goes on meanwhile. */
    private static ExecutorService writers() {
        return Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), work -> {
            Thread thread = new Thread(work, "answers");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static URI endpoint(String host, int port) {
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }

    private static CachedDecoder decoder(GenerationSettings settings, HuggingFaceTokenizer tokenizer) {
        try {
            ModelDirectory directory = ModelDirectory.of(settings.modelDirectory());
            directory.requireRoom(ModelConfig.read(settings.modelDirectory()), tokenizer);
            SelfTest.failure(settings.threads()).ifPresent(broken -> LOG.log(Level.WARNING, broken.sentence()));
            return CachedDecoder.open(settings.modelDirectory(), settings.contextLength());
        } catch (RlhfException unreadable) {
            tokenizer.close();
            throw unreadable;
        }
    }

    /** Where it listens, e.g. {@code http://127.0.0.1:8000}. */
    @Override
    public URI endpoint() {
        return endpoint;
    }

    /** Whoever still waits for an answer is refused: a paused server holds requests that would else never end. */
    @Override
    public void close() {
        engine.close();
        http.stop();
        writers.shutdown();
        tokenizer.close();
    }

    /** A taken port is found before the model is loaded, and said in one sentence. */
    private static void requireFreePort(GenerationSettings settings) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (IOException taken) {
            throw portTaken(settings, taken);
        }
    }

    private static RlhfException portTaken(GenerationSettings settings, Exception cause) {
        return RlhfException.user("cannot listen on " + settings.host() + ":" + settings.port() + " ("
                + cause.getMessage() + "); choose another --port, or 0 for any free one");
    }
}
