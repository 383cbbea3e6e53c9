package dev.rlhf.learner.engine;

import java.util.Set;

/** The widest vectors of a processor that libtorch and MKL have kernels for. */
enum Vectors {
    AVX512,
    AVX2,
    OTHER;

    private static final Set<String> WIDEST = Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl");

    /** Of a processor with these flags. */
    static Vectors of(Set<String> flags) {
        if (flags.containsAll(WIDEST)) {
            return AVX512;
        }
        return flags.contains("avx2") ? AVX2 : OTHER;
    }
}
