package dev.rlhf.driver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
    /** FIPS 180-4, appendix B.1 of its first edition. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path folder;

    @Test
    void smallFilesAndTextsHaveTheStandardsDigest() throws IOException {
        assertThat(Sha256.of("abc")).isEqualTo(OF_ABC);
        assertThat(Sha256.of(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(OF_ABC);
    }

    @Test
    void largeFilesHaveTheSameOneByTheLibrary() throws IOException {
        byte[] bytes = new byte[9_000_001];
        new Random(5).nextBytes(bytes);
        Path file = Files.write(folder.resolve("large"), bytes);

        assertThat(Sha256.of(file))
                .isEqualTo(HexFormat.of().formatHex(Sha256.inJava().digest(bytes)));
    }

    @Test
    void theLibraryIsLoadedWhereItIsMadeFor() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the library that we bring is Linux's on x86-64");
        assertThat(Sha256.fastest().getProvider()).isEqualTo(AmazonCorrettoCryptoProvider.INSTANCE);
    }
}
