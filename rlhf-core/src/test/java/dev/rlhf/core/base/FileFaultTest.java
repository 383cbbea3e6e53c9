package dev.rlhf.core.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFaultTest {
    private static final Path FILE = Path.of("runs", "a.json");

    @Test
    void aFileThatCouldNotBeWrittenIsNamedOnceWithTheReasonAndWhatToDo() {
        String expected = "cannot write " + FILE + ": %s; make room or mend the disk";
        for (IOException full : new IOException[] {
            new IOException("No space left on device"),
            new FileSystemException(FILE.toString(), null, "No space left on device")
        }) {
            RlhfException failure = FileFault.unwritten(FILE, full);
            assertThat(failure).hasMessage(expected, "No space left on device").hasCause(full);
            assertThat(failure.kind()).isEqualTo(ErrorKind.RESOURCE);
        }
        assertThat(FileFault.unwritten(FILE, new AccessDeniedException(FILE.toString())))
                .hasMessage(expected, "permission denied");
    }

    @Test
    void anotherFileThanTheOneMeantIsNamedToo() {
        assertThat(FileFault.unwritten(FILE, new AccessDeniedException("runs")))
                .hasMessageContaining(FILE + ": runs: permission denied");
    }
}
