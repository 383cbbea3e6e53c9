package dev.rlhf.driver.track.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import dev.rlhf.driver.track.TrackedRun;
import dev.rlhf.driver.track.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of events; TrackersIT has a real TensorBoard read them. */
class TensorBoardTest {
    /** What TensorBoard's own classes (2.21.0: RecordWriter, Event) write of the same. */
    private static final String BEGIN =
            "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9";

    private static final String SCALARS =
            "3700000000000000e7e8ca590900006040fc54d94110ac022a290a0e0a076772706f2f6b6c150000003f0a170a106772706f2f7265776172645f6d65616e150000a0bfca1326c1";

    private static final String RESTART = "0f000000000000006d532b090900008040fc54d94110063a020801b37124dd";

    @TempDir
    Path folder;

    @Test
    void bytesAreThoseOfTensorBoardsOwnWriter() throws IOException {
        Tracker tracker = open();
        tracker.numbers(300, 1_700_000_001.5, new TreeMap<>(Map.of("grpo/reward_mean", -1.25, "grpo/kl", 0.5)));
        tracker.rewound(5, 1_700_000_002);
        tracker.flush();
        tracker.close(false, 1_700_000_003);
        assertThat(bytes("events.out.tfevents.1700000000.rlhf.0")).isEqualTo(BEGIN + SCALARS + RESTART);
    }

    @Test
    void aResumedRunBeginsAnotherFile() throws IOException {
        open().close(false, 1_700_000_001);
        open().close(true, 1_700_000_002);
        assertThat(bytes("events.out.tfevents.1700000000.rlhf.1")).isEqualTo(BEGIN);
    }

    @Test
    void aFolderThatCannotBeIsNamed() throws IOException {
        Files.writeString(folder.resolve("tensorboard"), "a file");
        assertThatThrownBy(this::open)
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining(folder.resolve("tensorboard").toString());
    }

    private Tracker open() {
        return new TensorBoard().open(new TrackedRun("run-1", folder, Map.of(), 1_700_000_000.25));
    }

    private String bytes(String file) throws IOException {
        return HexFormat.of()
                .formatHex(Files.readAllBytes(folder.resolve("tensorboard").resolve(file)));
    }
}
