package dev.rlhf.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlhf.core.base.RlhfException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A Python process that does the same work; it waits on its standard input while we work. */
final class Peer implements Side, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long DEADLINE_SECONDS = 600;
    private static final long CLOSE_SECONDS = 60;

    private final String name;
    private final Process process;
    private final Writer requests;
    private final BufferedReader answers;
    private final JsonNode greeting;

    private Peer(String name, Process process, ObjectNode settings) {
        this.name = name;
        this.process = process;
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.greeting = ask(settings);
    }

    /**
     * Starts a peer and waits until it is ready.
     *
     * @param settings its first request
     * @param log file for what it prints
     * @throws RlhfException RESOURCE when it cannot be started or does not answer
     */
    static Peer start(Workplace workplace, String script, ObjectNode settings, Path log) {
        Path file = workplace.peers().resolve(script);
        ProcessBuilder builder = new ProcessBuilder(workplace.python(), file.toString());
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(workplace.threads()));
        builder.environment().put("TOKENIZERS_PARALLELISM", "false");
        builder.environment().put("HF_HUB_OFFLINE", "1");
        builder.redirectError(log.toFile());
        try {
            return new Peer(script, builder.start(), settings.put("threads", workplace.threads()));
        } catch (IOException e) {
            throw RlhfException.resource("cannot start the peer " + file + ": " + e.getMessage(), e);
        }
    }

    /** Its versions in words, e.g. {@code Python 3.11.7, torch 2.13.0}. */
    String versions() {
        StringJoiner words = new StringJoiner(", ");
        for (Map.Entry<String, JsonNode> version : greeting.path("versions").properties()) {
            words.add(version.getKey() + " " + version.getValue().asText());
        }
        return words.toString();
    }

    @Override
    public Block run(int steps) {
        JsonNode answer = ask(JsonNodeFactory.instance.objectNode().put("steps", steps));
        double[] values = new double[answer.path("values").size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = answer.path("values").get(i).asDouble();
        }
        return new Block(answer.path("seconds").asDouble(), values);
    }

    private JsonNode ask(ObjectNode request) {
        try {
            requests.write(request + "\n");
            requests.flush();
            String line = CompletableFuture.supplyAsync(this::line).get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw RlhfException.bug("the peer " + name + " answered no JSON: " + e.getOriginalMessage());
        } catch (IOException | ExecutionException e) {
            throw RlhfException.resource("the peer " + name + " is gone; its log says why", e);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw RlhfException.resource("the peer " + name + " did not answer within " + DEADLINE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while waiting for the peer " + name, e);
        }
    }

    private String line() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw RlhfException.resource("the peer " + name + " ended", null);
            }
            return line;
        } catch (IOException e) {
            throw RlhfException.resource("the peer " + name + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        try {
            requests.close();
            if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException alreadyGone) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
