package dev.rlhf.driver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.actors.ActorLost;
import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointStoreTest {
    @TempDir
    Path root;

    private final List<String> notices = new ArrayList<>();
    private Path directory = Path.of("");
    private CheckpointStore store = new CheckpointStore(directory, 1);

    @BeforeEach
    void open() {
        directory = root.resolve("checkpoints");
        store = new CheckpointStore(directory, 2);
    }

    /** What can befall a checkpoint that was whole. */
    enum Damage {
        A_CHANGED_BYTE("learners/policy/weights.bin differs from its SHA-256") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Path file = checkpoint.resolve("learners/policy/weights.bin");
                byte[] bytes = Files.readAllBytes(file);
                bytes[500] ^= 1;
                Files.write(file, bytes);
            }
        },
        A_CUT_FILE("learners/policy/weights.bin differs from its SHA-256") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.write(checkpoint.resolve("learners/policy/weights.bin"), new byte[10]);
            }
        },
        A_MISSING_FILE("state.json is missing") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("state.json"));
            }
        },
        NO_MANIFEST("manifest.json is missing") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("manifest.json"));
            }
        },
        AN_EMPTY_MANIFEST("manifest.json lists no files") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("manifest.json"), "{}");
            }
        },
        A_MANIFEST_OF_NOTHING("manifest.json lists no files") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("manifest.json"), "null");
            }
        },
        A_MANIFEST_OF_ZEROS("manifest.json is not JSON") {
            @Override
            void befall(Path checkpoint) throws IOException {
                Files.write(checkpoint.resolve("manifest.json"), new byte[100]);
            }
        };

        private final String flaw;

        Damage(String flaw) {
            this.flaw = flaw;
        }

        abstract void befall(Path checkpoint) throws IOException;
    }

    @Test
    void thereIsNoneAtFirst() {
        assertThat(store.latest(notices::add)).isEmpty();
        assertThat(notices).isEmpty();
    }

    @Test
    void theNewestAreKept() throws IOException {
        for (int step : new int[] {5, 10, 15, 20}) {
            save(step);
        }
        assertThat(names()).containsExactly("step-000015", "step-000020");
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-000020"));
        assertThat(directory.resolve("step-000020/state.json")).hasContent("step 20");
        assertThat(notices).isEmpty();
    }

    @Test
    void theNewestIsTheOneOfTheMostSteps() throws IOException {
        save(999_999);
        save(1_000_000);
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-1000000"));
        save(1_000_001);
        assertThat(names()).containsExactly("step-1000000", "step-1000001");
        store.dropAfter(1_000_000);
        assertThat(names()).containsExactly("step-1000000");
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aDamagedOneIsPassedOverAndToldOf(Damage damage) throws IOException {
        save(5);
        save(10);
        damage.befall(directory.resolve("step-000010"));
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-000005"));
        assertThat(notices).singleElement().asString().contains("step-000010", damage.flaw, "the one before");
        assertThat(DurableDirectory.flaw(directory.resolve("step-000010"))).isPresent();
    }

    @Test
    void whenAllAreDamagedTheRunIsNotStartedAnewInSilence() throws IOException {
        save(5);
        save(10);
        Damage.NO_MANIFEST.befall(directory.resolve("step-000005"));
        Damage.A_CHANGED_BYTE.befall(directory.resolve("step-000010"));
        assertThatThrownBy(() -> store.latest(notices::add))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("--out");
        assertThat(notices).hasSize(2);
    }

    @Test
    void aWriteThatFailsLeavesTheOnesBeforeAsTheyWere() throws IOException {
        save(5);
        assertThatThrownBy(() -> store.save(10, folder -> {
                    Files.writeString(folder.resolve("half"), "half");
                    throw new IOException("No space left on device");
                }))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE))
                .hasMessageContaining("step-000010")
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("make room or mend the disk");
        assertThat(names()).containsExactly("step-000005");
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-000005"));
        save(10);
        assertThat(directory.resolve("step-000010/half")).doesNotExist();
    }

    /** The run goes on after such a loss, so it is not told as a disk's fault. */
    @Test
    void anActorLostWhileItWritesIsToldAsThat() throws IOException {
        RlhfException lost = ActorLost.failure("learner-0", "its process ended", null);
        assertThatThrownBy(() -> store.save(10, folder -> {
                    Files.writeString(folder.resolve("half"), "half");
                    throw lost;
                }))
                .isSameAs(lost);
        assertThat(names()).isEmpty();
    }

    @Test
    void whatAKilledProcessHadOnlyBegunIsNoCheckpoint() throws IOException {
        save(5);
        Path begun = directory.resolve(".step-000010.tmp");
        Files.createDirectories(begun);
        Files.writeString(begun.resolve("state.json"), "step");
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-000005"));
        assertThat(notices).isEmpty();
        assertThat(begun).doesNotExist();
    }

    @Test
    void savingAStepAgainReplacesIt() throws IOException {
        save(5);
        store.save(5, folder -> Files.writeString(folder.resolve("other"), "new"));
        Optional<Path> found = store.latest(notices::add);
        assertThat(found).isPresent();
        assertThat(found.orElseThrow().resolve("other")).hasContent("new");
        assertThat(found.orElseThrow().resolve("state.json")).doesNotExist();
    }

    @Test
    void laterOnesAreDroppedWhenARunGoesBack() throws IOException {
        save(5);
        save(10);
        store.dropAfter(5);
        assertThat(names()).containsExactly("step-000005");
        store.dropAfter(0);
        assertThat(names()).isEmpty();
        assertThat(store.latest(notices::add)).isEmpty();
    }

    @Test
    void otherFilesInTheFolderAreLeftAlone() throws IOException {
        save(5);
        Files.writeString(directory.resolve("step-notes.txt"), "mine");
        save(10);
        save(15);
        assertThat(store.latest(notices::add)).contains(directory.resolve("step-000015"));
        assertThat(names()).containsExactly("step-000010", "step-000015", "step-notes.txt");
        assertThat(notices).isEmpty();
    }

    private void save(int step) {
        store.save(step, folder -> {
            Path learner = folder.resolve("learners/policy");
            Files.createDirectories(learner);
            Files.write(learner.resolve("weights.bin"), new byte[1000]);
            Files.writeString(folder.resolve("state.json"), "step " + step);
        });
    }

    private List<String> names() throws IOException {
        try (Stream<Path> found = Files.list(directory)) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
