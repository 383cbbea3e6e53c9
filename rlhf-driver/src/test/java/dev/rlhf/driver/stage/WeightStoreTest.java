package dev.rlhf.driver.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rlhf.core.base.TokenSequence;
import dev.rlhf.core.base.WeightVersion;
import dev.rlhf.core.loop.SyncReport;
import dev.rlhf.core.sync.Canaries;
import dev.rlhf.core.sync.WeightPublisher;
import dev.rlhf.core.sync.WeightSnapshot;
import dev.rlhf.core.update.Learner;
import dev.rlhf.core.update.Objective;
import dev.rlhf.core.update.Output;
import dev.rlhf.core.update.TokenOutputs;
import dev.rlhf.core.update.TrainingBatch;
import dev.rlhf.core.update.UpdateReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightStoreTest {
    @TempDir
    Path folder;

    private final List<String> published = new ArrayList<>();

    /** A learner that can only be saved. */
    private record Saved(String weights) implements Learner {
        @Override
        public void save(Path modelDirectory) {
            try {
                Files.writeString(modelDirectory.resolve("model.safetensors"), weights);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public UpdateReport update(TrainingBatch batch, Objective objective) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TokenOutputs evaluate(List<TokenSequence> rows, double temperature, Set<Output> wanted) {
            return TokenOutputs.ofPolicy(new float[1][rows.get(0).responseLength()], new float[1][0]);
        }

        @Override
        public void saveState(Path stateDirectory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void loadState(Path stateDirectory) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void theNewestTwoVersionsAreKept() throws IOException {
        for (int version = 1; version <= 4; version++) {
            publish(version, "weights " + version);
        }

        assertThat(names()).containsExactly("v000003", "v000004");
        assertThat(published).containsExactly("v000001", "v000002", "v000003", "v000004");
        assertThat(folder.resolve("v000003/model.safetensors")).hasContent("weights 3");
    }

    /** A run that was killed after v000009 goes on from a checkpoint at v000006. */
    @Test
    void versionsOfAFormerLifeGiveWayToTheOneTheServersWereGiven() throws IOException {
        publish(8, "former");
        publish(9, "former");

        publish(6, "again");
        assertThat(names()).containsExactly("v000006");
        publish(7, "again");
        publish(8, "again");

        assertThat(names()).containsExactly("v000007", "v000008");
        assertThat(folder.resolve("v000008/model.safetensors")).hasContent("again");
    }

    @Test
    void whatAKilledProcessHadBegunIsRemoved() throws IOException {
        Files.writeString(
                Files.createDirectories(folder.resolve(".v000001.tmp")).resolve("x"), "half");

        publish(2, "whole");

        assertThat(names()).containsExactly("v000002");
    }

    /** Somebody else's servers must show that they have the weights; of our own every step's samples show it. */
    @Test
    void onlyServersOfOthersAreGivenACanary() {
        for (boolean ours : new boolean[] {true, false}) {
            List<WeightSnapshot> sent = new ArrayList<>();
            WeightPublisher publisher = weights -> {
                sent.add(weights);
                return 0.25;
            };
            SyncReport report = new WeightStore(folder, publisher, new Canaries(9, 8, 1), ours)
                    .publish(new Saved("x"), new WeightVersion(3));
            assertThat(sent.get(0).canary() == null).isEqualTo(ours);
            assertThat(report.gap()).isEqualTo(ours ? OptionalDouble.empty() : OptionalDouble.of(0.25));
            assertThat(report.bytes()).isEqualTo(1);
        }
    }

    private void publish(int version, String weights) {
        WeightPublisher publisher = sent -> {
            published.add(sent.version().text());
            return 0;
        };
        new WeightStore(folder, publisher, new Canaries(9, 8, 1), false)
                .publish(new Saved(weights), new WeightVersion(version));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
