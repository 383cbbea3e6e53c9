package dev.rlhf.learner.files;

import dev.rlhf.core.base.RlhfException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Floating-point formats of a safetensors file. */
enum NumberFormat {
    F32(Float.BYTES),
    BF16(Short.BYTES),
    F16(Short.BYTES);

    private final int bytes;

    NumberFormat(int bytes) {
        this.bytes = bytes;
    }

    static NumberFormat of(String name, Path file) {
        for (NumberFormat format : values()) {
            if (format.name().equals(name)) {
                return format;
            }
        }
        throw RlhfException.user(file + ": numbers of type " + name + " are not supported; F32, BF16 and F16 are");
    }

    int bytes() {
        return bytes;
    }

    /** The same numbers as little-endian float32. */
    ByteBuffer widen(ByteBuffer numbers) {
        if (this == F32) {
            return numbers;
        }
        ByteBuffer wide =
                ByteBuffer.allocate(numbers.remaining() / bytes * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (numbers.hasRemaining()) {
            short bits = numbers.getShort();
            wide.putFloat(this == BF16 ? Float.intBitsToFloat(bits << 16) : half(bits));
        }
        return wide.flip();
    }

    private static float half(short bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1F;
        int fraction = bits & 0x3FF;
        if (exponent == 0) {
            float value = fraction * 0x1p-24f;
            return sign == 0 ? value : -value;
        }
        int wideExponent = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
        return Float.intBitsToFloat(sign | wideExponent << 23 | fraction << 13);
    }
}
