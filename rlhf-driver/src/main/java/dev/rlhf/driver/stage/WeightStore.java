package dev.rlhf.driver.stage;

import dev.rlhf.core.base.FileFault;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.SyncReport;
import dev.rlhf.core.loop.WeightSync;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.core.sync.Canary;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Network;
import dev.rlhf.driver.checkpoint.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The folder of weight versions, {@code v000007} and so on; the newest two are kept.
 *
 * <p>They are not synced to the disk: a resumed run writes them again.
 */
public final class WeightStore implements WeightSync {
    private final Path directory;
    private final WeightPublisher publisher;
    private final Canaries canaries;
    private final boolean ours;

    /** Weights in {@code directory} for servers that are {@code ours}, or somebody else's. */
    WeightStore(Path directory, WeightPublisher publisher, Canaries canaries, boolean ours) {
        this.directory = directory;
        this.publisher = publisher;
        this.canaries = canaries;
        this.ours = ours;
    }

    @Override
    public SyncReport publish(Network policy, WeightVersion version) {
        Path target = directory.resolve(version.text());
        long bytes = write(policy, version, target);
        Canary canary = ours ? null : canaries.of(policy);
        double gap = publisher.publish(new WeightSnapshot(target, version, canary));
        prune(version);
        return new SyncReport(canary == null ? OptionalDouble.empty() : OptionalDouble.of(gap), bytes);
    }

    /** Writes the weights aside and renames them; returns their bytes. */
    private long write(Network policy, WeightVersion version, Path target) {
        Path aside = directory.resolve("." + version.text() + ".tmp");
        try {
            DurableFiles.deleteTree(aside);
            Files.createDirectories(aside);
            policy.save(aside);
            DurableFiles.deleteTree(target);
            Files.move(aside, target);
            long bytes = 0;
            for (Path file : DurableFiles.files(target)) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException refused) {
            throw FileFault.unwritten(target, refused);
        }
    }

    /** Removes all but this version and the one before it; a resumed run finds later ones, which it will write again. */
    private void prune(WeightVersion newest) {
        List<String> kept = List.of(newest.text(), new WeightVersion(Math.max(0, newest.number() - 1)).text());
        try (Stream<Path> found = Files.list(directory)) {
            for (Path old : found.toList()) {
                if (!kept.contains(old.getFileName().toString())) {
                    DurableFiles.deleteTree(old);
                }
            }
        } catch (IOException refused) {
            throw RlhfException.resource(
                    "old weights in " + directory + " could not be removed: " + FileFault.reason(refused), refused);
        }
    }
}
