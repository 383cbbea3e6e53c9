package dev.rlhf.driver.checkpoint;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * SHA-256 by Linux's OpenSSL, which has the processor's own instructions for it.
 *
 * <p>Java's digest has them only where the optimising compiler runs; where it does not, as in our processes, a gigabyte takes Java
 * twenty seconds and OpenSSL one or two.
 */
final class NativeSha256 {
    private static final int WINDOW = 1 << 20;
    private static final int DIGEST = 32;

    private final NativeLibrary library;

    private NativeSha256(NativeLibrary library) {
        this.library = library;
    }

    /** Held apart, so that the library is loaded only where a file is large. */
    private static final class Loaded {
        private static final Optional<NativeSha256> CRYPTO = load();
    }

    /** The library's digest; empty where there is no library. */
    static Optional<NativeSha256> found() {
        return Loaded.CRYPTO;
    }

    private static Optional<NativeSha256> load() {
        // macOS ends a process that loads the library of this name.
        if (!Platform.isLinux()) {
            return Optional.empty();
        }
        try {
            NativeLibrary crypto = NativeLibrary.getInstance("crypto");
            crypto.getFunction("EVP_MD_CTX_new");
            return Optional.of(new NativeSha256(crypto));
        } catch (LinkageError none) {
            return Optional.empty();
        }
    }

    /** The 32 bytes of a file's digest. */
    byte[] of(Path file) throws IOException {
        Pointer context = function("EVP_MD_CTX_new").invokePointer(new Object[0]);
        try (FileChannel bytes = FileChannel.open(file);
                Memory window = new Memory(WINDOW)) {
            Pointer kind = function("EVP_sha256").invokePointer(new Object[0]);
            call("EVP_DigestInit_ex", context, kind, Pointer.NULL);
            Function update = function("EVP_DigestUpdate");
            ByteBuffer view = window.getByteBuffer(0, WINDOW);
            while (bytes.read(view.clear()) >= 0) {
                require(update.invokeInt(new Object[] {context, window, (long) view.position()}));
            }
            byte[] digest = new byte[DIGEST];
            call("EVP_DigestFinal_ex", context, digest, Pointer.NULL);
            return digest;
        } finally {
            function("EVP_MD_CTX_free").invokeVoid(new Object[] {context});
        }
    }

    private void call(String name, Object... arguments) throws IOException {
        require(function(name).invokeInt(arguments));
    }

    private static void require(int one) throws IOException {
        if (one != 1) {
            throw new IOException("OpenSSL could not compute a SHA-256");
        }
    }

    private Function function(String name) {
        return library.getFunction(name);
    }
}
