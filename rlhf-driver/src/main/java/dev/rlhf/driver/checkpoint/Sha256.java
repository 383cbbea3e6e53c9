package dev.rlhf.driver.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** The SHA-256 of a file or a text, by which its content is known again. */
public final class Sha256 {
    /** Bytes from which on it is worth to load a library. */
    private static final long LARGE = 8L << 20;

    private Sha256() {}

    /** Its 64 hexadecimal digits; the file is read as a stream. */
    public static String of(Path file) throws IOException {
        Optional<NativeSha256> crypto = Files.size(file) < LARGE ? Optional.empty() : NativeSha256.found();
        return crypto.isPresent() ? HexFormat.of().formatHex(crypto.get().of(file)) : streamed(file);
    }

    /** The same in Java alone. */
    static String streamed(Path file) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(bytes, algorithm())) {
            digest.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        }
    }

    /** The 64 hexadecimal digits of a text in UTF-8. */
    public static String of(String text) {
        return HexFormat.of().formatHex(bytes(text));
    }

    /** The 32 bytes of a text in UTF-8. */
    public static byte[] bytes(String text) {
        return algorithm().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest algorithm() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
