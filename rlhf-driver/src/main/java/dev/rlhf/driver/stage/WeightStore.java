package dev.rlhf.driver.stage;

import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.update.Learner;
import dev.rlhf.driver.checkpoint.DurableFiles;
import dev.rlhf.driver.loop.WeightSync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of weight versions, {@code v000007} and so on; the newest two are kept.
 *
 * <p>They are not synced to the disk: a resumed run writes them again.
 */
final class WeightStore implements WeightSync {
    private static final int KEPT = 2;

    private final Path directory;
    private final WeightPublisher publisher;

    WeightStore(Path directory, WeightPublisher publisher) {
        this.directory = directory;
        this.publisher = publisher;
    }

    @Override
    public void publish(Learner policy, WeightVersion version) {
        Path target = directory.resolve(version.text());
        Path aside = directory.resolve("." + version.text() + ".tmp");
        try {
            DurableFiles.deleteTree(aside);
            Files.createDirectories(aside);
            policy.save(aside);
            DurableFiles.deleteTree(target);
            Files.move(aside, target);
            publisher.publish(target, version);
            prune();
        } catch (IOException refused) {
            throw RlhfException.resource(
                    "weights " + version.text() + " could not be written to " + directory + ": " + refused.getMessage(),
                    refused);
        }
    }

    /** Publishes a model directory as it is. */
    void publish(Path modelDirectory, WeightVersion version) {
        publisher.publish(modelDirectory, version);
    }

    private void prune() throws IOException {
        List<Path> newestFirst;
        try (Stream<Path> found = Files.list(directory)) {
            newestFirst = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
            DurableFiles.deleteTree(old);
        }
    }
}
