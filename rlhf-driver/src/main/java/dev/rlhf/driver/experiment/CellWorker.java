package dev.rlhf.driver.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.checkpoint.RunDirectory;
import dev.rlhf.driver.observe.ProgressLine;
import dev.rlhf.driver.report.RunReport;
import dev.rlhf.driver.run.RunLauncher;
import dev.rlhf.driver.run.RunRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A process that does runs, one after the other, as it is told on its standard input; it ends with whoever tells it.
 *
 * <p>A run that was begun is gone on with, so killing a worker costs the steps since the last checkpoint and nothing else.
 */
public final class CellWorker {
    private static final System.Logger LOG = System.getLogger(CellWorker.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    private CellWorker() {}

    /**
     * What to run.
     *
     * @param recipe the recipe
     * @param settings settings over it
     * @param directory the run's directory
     */
    record Order(String recipe, List<String> settings, String directory) {}

    /**
     * What came of it.
     *
     * @param kind kind of the failure; empty for none
     * @param message the failure's message
     */
    record Answer(String kind, String message) {}

    /**
     * Does what {@code orders} say until they end, and the process with them.
     *
     * @param answers a line for each order
     * @param log what the runs tell
     * @param lock the file whose lock says to others that this one works
     */
    public static void work(InputStream orders, PrintStream answers, PrintStream log, Path lock) {
        try (FileChannel held =
                FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            held.lock(0, Long.MAX_VALUE, true);
            BlockingQueue<Order> queue = new LinkedBlockingQueue<>();
            Thread listener = new Thread(() -> listen(orders, queue), "orders");
            listener.setDaemon(true);
            listener.start();
            while (true) {
                // Orders come as long as the conductor lives; when they end, so does this process.
                answers.println(JSON.writeValueAsString(run(queue.take(), log)));
            }
        } catch (IOException e) {
            throw RlhfException.resource("cannot work for the experiment: " + FileFault.reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RlhfException.resource("interrupted while waiting for orders", e);
        }
    }

    /** Where the conductor is gone, nobody wants the run that is under way. */
    private static void listen(InputStream orders, BlockingQueue<Order> queue) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(orders, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                queue.add(JSON.readValue(line, Order.class));
            }
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.WARNING, "orders cannot be read", unreadable);
        }
        Runtime.getRuntime().halt(0);
    }

    @SuppressWarnings("IllegalCatch") // the other runs of the experiment go on, whatever this one threw
    private static Answer run(Order order, PrintStream log) {
        try {
            Path directory = Path.of(order.directory());
            RunRequest request = request(order, directory);
            RunLauncher.launch(request, new ProgressLine(log, false));
            RunReport.write(directory);
            return new Answer("", "");
        } catch (RlhfException known) {
            return new Answer(known.kind().name(), String.valueOf(known.getMessage()));
        } catch (RuntimeException | LinkageError unknown) {
            unknown.printStackTrace(log);
            return new Answer(ErrorKind.BUG.name(), unknown.toString());
        }
    }

    private static RunRequest request(Order order, Path directory) {
        RunRequest.Options options = new RunRequest.Options(Optional.empty(), false);
        return Files.exists(new RunDirectory(directory).resolved())
                ? RunRequest.resume(Optional.empty(), List.of(), directory, options)
                : RunRequest.begin(Path.of(order.recipe()), order.settings(), directory, options);
    }
}
