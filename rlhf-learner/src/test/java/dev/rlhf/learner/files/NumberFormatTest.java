package dev.rlhf.learner.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NumberFormatTest {
    private static final int HALVES = 1 << 16;

    @ParameterizedTest
    @EnumSource(names = {"BF16", "F16"})
    void everyHalfComesBackAsItWas(NumberFormat format) {
        ByteBuffer halves = buffer(HALVES * Short.BYTES);
        for (int i = 0; i < HALVES; i++) {
            halves.putShort((short) i);
        }
        ByteBuffer wide = buffer(HALVES * Float.BYTES);
        format.widen(halves.flip(), wide);
        ByteBuffer again = buffer(HALVES * Short.BYTES);
        format.narrow(wide, again);
        for (int i = 0; i < HALVES; i++) {
            if (Float.isNaN(wide.getFloat(i * Float.BYTES))) {
                continue;
            }
            assertThat(again.getShort(i * Short.BYTES)).isEqualTo((short) i);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, 1.00390625, 1.0", // halfway: to the even one
        "BF16, 1.01171875, 1.015625",
        "BF16, 1.0040, 1.0078125",
        "BF16, -3.4e38, -Infinity",
        "F16, 1.00048828125, 1.0", // halfway
        "F16, 1.00146484375, 1.001953125",
        "F16, 65519.9, 65504",
        "F16, 65520, Infinity",
        "F16, 1e-8, 0",
        "F16, 6e-8, 5.9604645e-8",
        "F16, 6.1e-5, 6.1e-5",
        "F64, 0.1, 0.1",
    })
    void roundsToTheNearest(NumberFormat format, float number, float stored) {
        ByteBuffer narrow = buffer(format.bytes());
        format.narrow(buffer(Float.BYTES).putFloat(number).flip(), narrow);
        ByteBuffer wide = buffer(Float.BYTES);
        format.widen(narrow.flip(), wide);
        assertThat(wide.getFloat(0))
                .isCloseTo(stored, org.assertj.core.api.Assertions.within(Math.abs(stored) * 1e-3f));
        if (format == NumberFormat.BF16 || stored == 1) {
            assertThat(wide.getFloat(0)).isEqualTo(stored);
        }
    }

    @Test
    void aNumberThatIsNoneStaysNone() {
        for (NumberFormat format : NumberFormat.values()) {
            ByteBuffer narrow = buffer(format.bytes());
            format.narrow(buffer(Float.BYTES).putInt(0x7F800001).flip(), narrow);
            ByteBuffer wide = buffer(Float.BYTES);
            format.widen(narrow.flip(), wide);
            assertThat(wide.getFloat(0)).as(format.name()).isNaN();
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
