package dev.rlhf.learner.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive written by hand: a class without state whose methods are given as text.
 *
 * <p>The archive is a zip of stored entries: a pickle of one empty object, an empty tuple of constants, a format version
 * and the source in TorchScript's serialised dialect (see {@link ScriptModule}).
 */
final class ScriptArchive {
    private static final String FOLDER = "ops/";

    /** The newest of libtorch 2.7: operators are those of today. Under older ones it knows gelu without a form, and spreads division over several. */
    private static final String VERSION = "10\n";

    private static final String CLASS_HEADER = """
            class Ops(Module):
              __parameters__ = []
              __buffers__ = []
            """;

    private ScriptArchive() {}

    /** The bytes of an archive whose class has these methods, each indented by two spaces. */
    static byte[] of(String methods) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "data.pkl", "\u0080\u0002c__torch__\nOps\nq\0)\u0081}b.");
            store(zip, "constants.pkl", "\u0080\u0002).");
            store(zip, "version", VERSION);
            store(zip, "code/__torch__.py", CLASS_HEADER + methods);
        } catch (IOException e) {
            throw new UncheckedIOException("a zip in memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, String text) throws IOException {
        byte[] content = text.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry entry = new ZipEntry(FOLDER + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
