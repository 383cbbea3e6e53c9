package dev.rlhf.learner.files;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Safetensors files byte by byte, also with types that the product does not write. */
public final class TensorFile {
    /** A tensor as it lies in a file. */
    public record Raw(String type, long[] shape, byte[] bytes) {}

    private TensorFile() {}

    /** Every tensor of a file, which must be float32, as raw bytes. */
    public static Map<String, Raw> read(Path file) {
        Safetensors tensors = Safetensors.open(file);
        Map<String, Raw> raw = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            int size = (int) Arrays.stream(tensors.shape(name)).reduce(1, (a, b) -> a * b);
            ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            tensors.read(
                    name,
                    (first, count) -> bytes.slice((int) first * Float.BYTES, count * Float.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN));
            raw.put(name, new Raw("F32", tensors.shape(name), bytes.array()));
        }
        return raw;
    }

    /** The same numbers in another format. */
    public static Raw as(NumberFormat format, Raw tensor) {
        ByteBuffer numbers = ByteBuffer.wrap(tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer narrow = ByteBuffer.allocate(tensor.bytes().length / Float.BYTES * format.bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        format.narrow(numbers, narrow);
        return new Raw(format.name(), tensor.shape(), narrow.array());
    }

    /** Writes them. */
    public static void write(Path file, Map<String, Raw> tensors) throws IOException {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        int offset = 0;
        for (Map.Entry<String, Raw> tensor : tensors.entrySet()) {
            ObjectNode node = header.putObject(tensor.getKey())
                    .put("dtype", tensor.getValue().type());
            Arrays.stream(tensor.getValue().shape()).forEach(node.putArray("shape")::add);
            int end = offset + tensor.getValue().bytes().length;
            node.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + text.length + offset).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        tensors.values().forEach(tensor -> bytes.put(tensor.bytes()));
        Files.write(file, bytes.array());
    }
}
