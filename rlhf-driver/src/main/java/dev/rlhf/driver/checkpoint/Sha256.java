package dev.rlhf.driver.checkpoint;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
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

/** The SHA-256 of a file or a text, by which its content is known again. */
public final class Sha256 {
    private static final String NAME = "SHA-256";

    /** Bytes from which on it is worth to load a library. */
    private static final long LARGE = 8L << 20;

    private Sha256() {}

    /** Its 64 hexadecimal digits; the file is read as a stream. */
    public static String of(Path file) throws IOException {
        return of(file, Files.size(file) < LARGE ? inJava() : fastest());
    }

    private static String of(Path file, MessageDigest algorithm) throws IOException {
        try (InputStream bytes = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(bytes, algorithm)) {
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
        return inJava().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A digest by the processor's own instructions, where there is a library for this platform.
     *
     * <p>Java's has them only where the optimising compiler runs; where it does not, as in our processes, a gigabyte takes Java ten
     * seconds and the library one.
     */
    static MessageDigest fastest() {
        AmazonCorrettoCryptoProvider library = AmazonCorrettoCryptoProvider.INSTANCE;
        if (library.getLoadingError() != null) {
            return inJava();
        }
        try {
            return MessageDigest.getInstance(NAME, library);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("the library was loaded, but without " + NAME, missing);
        }
    }

    static MessageDigest inJava() {
        try {
            return MessageDigest.getInstance(NAME);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has " + NAME, missing);
        }
    }
}
