package dev.rlhf.driver.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
    void largeFilesHaveTheSameOneByOpenSsl() throws IOException {
        assumeTrue(NativeSha256.found().isPresent(), "there is no libcrypto here");
        NativeSha256 crypto = NativeSha256.found().orElseThrow();
        byte[] bytes = new byte[9_000_001];
        new Random(5).nextBytes(bytes);
        Path file = Files.write(folder.resolve("large"), bytes);

        assertThat(HexFormat.of().formatHex(crypto.of(Files.writeString(folder.resolve("abc"), "abc"))))
                .isEqualTo(OF_ABC);
        assertThat(HexFormat.of().formatHex(crypto.of(file)))
                .isEqualTo(Sha256.streamed(file))
                .isEqualTo(Sha256.of(file));
    }
}
