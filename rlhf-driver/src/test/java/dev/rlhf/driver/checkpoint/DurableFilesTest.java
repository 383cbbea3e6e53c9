package dev.rlhf.driver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    private static final int THREADS = 8;
    private static final int REPEATS = 50;

    @TempDir
    private Path folder;

    /** Workers of an experiment make the folders of their runs in the same moment, each below the same one. */
    @Test
    void manyMayMakeOneFolderAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (int repeat = 0; repeat < REPEATS; repeat++) {
                Path wanted = folder.resolve("a" + repeat).resolve("b").resolve("c");
                Callable<Path> making = () -> {
                    DurableFiles.createDirectories(wanted);
                    return wanted;
                };
                List<Future<Path>> made = threads.invokeAll(new ArrayList<>(Collections.nCopies(THREADS, making)));
                for (Future<Path> one : made) {
                    assertThat(one.get()).isDirectory();
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aFileInTheWayIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> DurableFiles.createDirectories(file)).isInstanceOf(FileAlreadyExistsException.class);
    }
}
