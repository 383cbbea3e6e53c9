package dev.rlhf.core.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where keys come from, and what is never said of them. */
class SecretTest {
    @TempDir
    Path folder;

    @Test
    void aKeyStandsInAVariableOrInTheFileThatAnotherNames() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "from-a-file\n");
        assertThat(Secret.of("KEY", Map.of("KEY", "from-a-variable"))).contains("from-a-variable");
        assertThat(Secret.of("KEY", Map.of("KEY_FILE", file.toString()))).contains("from-a-file");
        assertThat(Secret.of("KEY", Map.of())).isEmpty();
        assertThat(Secret.of("KEY", Map.of("KEY", " "))).isEmpty();
        assertThat(Secret.of("KEY", Map.of("KEY", "", "KEY_FILE", file.toString())))
                .contains("from-a-file");
        assertThat(Secret.of("RLHF_NO_SUCH_VARIABLE")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden\nsecond line", "hidden words", "hidd\u00e9n", "hidden\u0000"})
    void oneThatNoHeaderHoldsIsRefusedWithoutBeingTold(String key) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), key + "\n");
        assertRefused(Map.of("KEY", key), "KEY holds a blank, a line break");
        assertRefused(Map.of("KEY_FILE", file.toString()), "KEY_FILE holds a blank, a line break");
    }

    @Test
    void aFileThatIsNoneAndTwoKeysAreRefused() throws IOException {
        assertRefused(Map.of("KEY_FILE", folder.resolve("none").toString()), "KEY_FILE: cannot read " + folder);
        assertRefused(Map.of("KEY_FILE", folder.toString()), "KEY_FILE: cannot read " + folder);
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertRefused(Map.of("KEY_FILE", empty.toString()), "KEY_FILE: there is no key in it");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff});
        assertRefused(Map.of("KEY_FILE", binary.toString()), "is no text of UTF-8");
        Path large = Files.write(folder.resolve("large"), new byte[70_000]);
        assertRefused(Map.of("KEY_FILE", large.toString()), "more than 65536 bytes");
        assertRefused(Map.of("KEY", "hidden", "KEY_FILE", empty.toString()), "both KEY and KEY_FILE are set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://me:hidden@host:8000/a",
                "http://hidden@host",
                "http://me:hid/den#hidden?@host",
                "https://me:hidden@x@host, and http://me:hidden@other"
            })
    void noFailureTellsThePasswordOfAnAddress(String address) {
        String told =
                RlhfException.user("no answer from " + address + "; look there").getMessage();
        assertThat(told).doesNotContain("hid").contains("no answer from http", "//…@", "host", "; look there");
        assertThat(new KeyException("url", "is " + address).getMessage()).doesNotContain("hid");
    }

    @Test
    void anAddressWithAUserIsKnownFromOneWithout() {
        assertThat(Address.holdsUser(URI.create("http://me:hidden@host:8000/a")))
                .isTrue();
        assertThat(Address.holdsUser(URI.create("http://me@host"))).isTrue();
        assertThat(Address.holdsUser(URI.create("http://host/a@b?c=@"))).isFalse();
    }

    private static void assertRefused(Map<String, String> environment, String words) {
        assertThatThrownBy(() -> Secret.of("KEY", environment))
                .isInstanceOfSatisfying(
                        RlhfException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContaining(words)
                .hasMessageNotContaining("hidd");
    }
}
