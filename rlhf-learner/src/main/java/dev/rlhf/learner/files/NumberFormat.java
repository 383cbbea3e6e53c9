package dev.rlhf.learner.files;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Floating-point formats of a safetensors file. */
public enum NumberFormat {
    /** IEEE single. */
    F32(Float.BYTES),
    /** The upper half of an IEEE single. */
    BF16(Short.BYTES),
    /** IEEE half. */
    F16(Short.BYTES),
    /** IEEE double. */
    F64(Double.BYTES);

    private final int bytes;

    NumberFormat(int bytes) {
        this.bytes = bytes;
    }

    /** The format of a header's {@code dtype}; empty where we do not read it. */
    static Optional<NumberFormat> named(String name) {
        return Arrays.stream(values())
                .filter(format -> format.name().equals(name))
                .findFirst();
    }

    int bytes() {
        return bytes;
    }

    /** Reads {@code numbers} of this format into as many float32. */
    void widen(ByteBuffer numbers, ByteBuffer into) {
        int count = numbers.remaining() / bytes;
        float[] wide = new float[count];
        switch (this) {
            case F32 -> numbers.asFloatBuffer().get(wide);
            case F64 -> {
                double[] doubles = new double[count];
                numbers.asDoubleBuffer().get(doubles);
                for (int i = 0; i < count; i++) {
                    wide[i] = (float) doubles[i];
                }
            }
            case BF16 -> {
                short[] halves = shorts(numbers, count);
                for (int i = 0; i < count; i++) {
                    wide[i] = Float.intBitsToFloat(halves[i] << 16);
                }
            }
            case F16 -> {
                short[] halves = shorts(numbers, count);
                for (int i = 0; i < count; i++) {
                    wide[i] = half(halves[i]);
                }
            }
        }
        into.asFloatBuffer().put(wide);
    }

    /** Writes float32 {@code numbers} in this format, rounded to the nearest, ties to even. */
    void narrow(ByteBuffer numbers, ByteBuffer into) {
        int count = numbers.remaining() / Float.BYTES;
        float[] wide = new float[count];
        numbers.asFloatBuffer().get(wide);
        switch (this) {
            case F32 -> into.asFloatBuffer().put(wide);
            case F64 -> {
                double[] doubles = new double[count];
                for (int i = 0; i < count; i++) {
                    doubles[i] = wide[i];
                }
                into.asDoubleBuffer().put(doubles);
            }
            case BF16 -> {
                short[] halves = new short[count];
                for (int i = 0; i < count; i++) {
                    halves[i] = brain(Float.floatToRawIntBits(wide[i]));
                }
                into.asShortBuffer().put(halves);
            }
            case F16 -> {
                short[] halves = new short[count];
                for (int i = 0; i < count; i++) {
                    halves[i] = half(wide[i]);
                }
                into.asShortBuffer().put(halves);
            }
        }
        into.position(into.position() + count * bytes);
    }

    private static short[] shorts(ByteBuffer numbers, int count) {
        short[] shorts = new short[count];
        numbers.asShortBuffer().get(shorts);
        return shorts;
    }

    private static short brain(int bits) {
        boolean nan = (bits & 0x7FFF_FFFF) > 0x7F80_0000;
        return (short) (nan ? (bits >>> 16) | 0x40 : (bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
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
        return Float.intBitsToFloat(sign | (wideExponent << 23) | (fraction << 13));
    }

    private static short half(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        float size = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | 0x7E00);
        }
        if (size >= 65_520f) {
            return (short) (sign | 0x7C00);
        }
        if (size < 0x1p-14f) {
            return (short) (sign | (int) Math.rint(size * 0x1p24));
        }
        int rebased = (bits & 0x7FFF_FFFF) - (112 << 23);
        return (short) (sign | ((rebased + 0xFFF + ((rebased >>> 13) & 1)) >>> 13));
    }
}
