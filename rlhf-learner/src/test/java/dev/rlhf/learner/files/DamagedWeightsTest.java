package dev.rlhf.learner.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rlhf.core.base.ErrorKind;
import dev.rlhf.core.base.RlhfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with files of weights is one sentence that names file and tensor. */
class DamagedWeightsTest {
    private static final String A = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    private static final int DATA = 24;

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = directory.resolve(Checkpoint.FILE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 16 bytes follow",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[4,20]}} | b begins at byte 4, inside another tensor",
                "{A,'b':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | inside another tensor",
                "{A,'b':{'dtype':'F32','shape':[2],'data_offsets':[16,24]}} | b begins at byte 16, after a gap",
                "{'b':{'dtype':'F32','shape':[4],'data_offsets':[8,24]}} | b begins at byte 8, after a gap",
                "{A,'b':{'dtype':'F32','shape':[6],'data_offsets':[8,32]}} | b should end at byte 32 of the 24",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[8,9223372036854775807]}} | b should end at byte",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[8,18446744073709551640]}} | b has 18446744073709551640",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[-8,24]}} | b has -8 in its data_offsets",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[24,8]}} | b has data_offsets [24,8]",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[8]}} | b has data_offsets [8]",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':8}} | b has no data_offsets",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':['8',24]}} | b has \"8\" in its data_offsets",
                "{A,'b':{'dtype':'F32','shape':[4],'data_offsets':[8.0,24]}} | b has 8.0 in its data_offsets",
                "{A,'b':{'dtype':'F32','shape':[4]}} | b has no data_offsets",
                "{A,'b':{'dtype':'F32','shape':[5],'data_offsets':[8,24]}} | b has 16 bytes, but F32 numbers of shape [5]",
                "{A,'b':{'dtype':'F64','shape':[4],'data_offsets':[8,24]}} | b has 16 bytes, but F64 numbers of shape [4]",
                "{A,'b':{'dtype':'F32','shape':[-4],'data_offsets':[8,24]}} | b has -4 in its shape",
                "{A,'b':{'dtype':'F32','shape':[-2,-2],'data_offsets':[8,24]}} | b has -2 in its shape",
                "{A,'b':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[8,24]}} | b has a shape of too many",
                "{A,'b':{'dtype':'F32','shape':[4e0],'data_offsets':[8,24]}} | b has 4.0 in its shape",
                "{A,'b':{'dtype':'F32','shape':4,'data_offsets':[8,24]}} | b has no shape",
                "{A,'b':{'dtype':'F32','data_offsets':[8,24]}} | b has no shape",
                "{A,'b':{'dtype':7,'shape':[4],'data_offsets':[8,24]}} | b has no dtype",
                "{A,'b':[]} | b has no dtype",
                "{A,A} | the key 'a' is there twice",
                "{A} {} | more stands after the end",
                "{A | the end is missing",
                "[] | its header is not JSON",
                "7. | its header is not JSON",
            })
    void aHeaderThatDoesNotFitItsFileIsRefused(String header, String named) throws IOException {
        write(header.replace("A", A).replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertRefused(named);
    }

    @Test
    void aHeaderOfOtherBytesThanTextIsRefused() throws IOException {
        write(new byte[] {'{', '"', (byte) 0xFF, (byte) 0xFE, '"', ':', '1', '}'});
        assertRefused("not UTF-8");
        write("{\0\"\0a\0\"\0".getBytes(StandardCharsets.UTF_8));
        assertRefused("not JSON");
        write("[".repeat(5_000).replaceFirst("\\[", "{\"a\":").getBytes(StandardCharsets.UTF_8));
        assertRefused("not JSON");
    }

    /** The length of a header is not believed: none of these sets memory aside. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10_000, 99_999_999, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void aHeaderOfAnotherLengthIsRefused(long length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(length).put((byte) '{').array());
        assertRefused(Long.toUnsignedString(length) + " bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 40, 100})
    void aFileThatIsCutShortIsRefused(int length) throws IOException {
        write(("{" + A + "}").getBytes(StandardCharsets.UTF_8));
        byte[] whole = Files.readAllBytes(file);
        byte[] cut = new byte[Math.min(length, 8 + A.length() + 2 + 7)];
        System.arraycopy(whole, 0, cut, 0, cut.length);
        Files.write(file, cut);
        assertRefused("byte");
    }

    @Test
    void aTypeThatIsNotReadMattersToThoseWhoNeedIt() throws IOException {
        write(("{" + A + ",\"b\":{\"dtype\":\"F4\",\"shape\":[32],\"data_offsets\":[8,24]}}")
                .getBytes(StandardCharsets.UTF_8));
        Checkpoint checkpoint = Checkpoint.ofDirectory(directory);
        assertThat(checkpoint.shape("a")).containsExactly(2);
        assertThatThrownBy(() -> checkpoint.shape("b"))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(file.toString(), "b has numbers of type F4", "BF16");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{'weight_map':{'a':'one.safetensors','b':'two.safetensors'}} | two.safetensors | it holds b",
                "{'weight_map':{'a':'one.safetensors','b':'one.safetensors'}} | one.safetensors has no tensor b | says so",
                "{'weight_map':{'a':'../one.safetensors'}} | \"../one.safetensors\" | a is in",
                "{'weight_map':{'a':'/etc/one.safetensors'}} | \"/etc/one.safetensors\" | a is in",
                "{'weight_map':{'a':'one\\u0000.safetensors'}} | a is in | not the name",
                "{'weight_map':{'a':'one.bin'}} | \"one.bin\" | a is in",
                "{'weight_map':{'a':7}} | a is in 7 | not the name",
                "{'weight_map':{'a':'one.safetensors','a':'two.safetensors'}} | the key 'a' is there twice | JSON",
                "{'weight_map':{}} | no weight_map | weight",
                "{'weight_map':['one.safetensors']} | no weight_map | weight",
                "[] | no weight_map | weight",
                "{'weight_map':{'a':'one.safetensors'} | the end is missing | JSON",
                "{} {} | more stands after the end | JSON",
            })
    void anIndexThatLeadsNowhereIsRefused(String index, String named, String also) throws IOException {
        write(("{" + A + "}").getBytes(StandardCharsets.UTF_8), 8);
        Files.move(file, directory.resolve("one.safetensors"));
        Files.writeString(directory.resolve(Checkpoint.INDEX), index.replace('\'', '"'));
        assertThatThrownBy(() -> Checkpoint.ofDirectory(directory))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(directory.resolve(Checkpoint.INDEX).toString(), named, also);
    }

    @Test
    void anIndexOfADamagedFileNamesThatFile() throws IOException {
        write(("{" + A + "}").getBytes(StandardCharsets.UTF_8), 5);
        Path shard = directory.resolve("one.safetensors");
        Files.move(file, shard);
        Files.writeString(directory.resolve(Checkpoint.INDEX), "{\"weight_map\":{\"a\":\"one.safetensors\"}}");
        assertThatThrownBy(() -> Checkpoint.ofDirectory(directory))
                .hasMessageContainingAll(shard.toString(), "a should");
    }

    private void write(byte[] header) throws IOException {
        write(header, DATA);
    }

    private void write(byte[] header, int data) throws IOException {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(header.length).put(header).array());
    }

    private void assertRefused(String named) {
        assertThatThrownBy(() -> Checkpoint.ofDirectory(directory))
                .isInstanceOfSatisfying(
                        RlhfException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageContainingAll(file.toString(), named);
    }
}
