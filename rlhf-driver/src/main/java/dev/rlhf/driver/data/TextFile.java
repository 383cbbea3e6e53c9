package dev.rlhf.driver.data;

import dev.rlhf.core.base.RlhfException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Files of text, perhaps packed by gzip. */
final class TextFile {
    private static final int BYTE_ORDER_MARK = 0xFEFF;

    private TextFile() {}

    /** What is made of an open file. */
    interface Reading<T> {
        T from(BufferedReader reader) throws IOException;
    }

    /** Reads a file in UTF-8; throws USER naming it when it is none, or is not packed as its name says. */
    static <T> T read(Path file, Reading<T> reading) {
        try (InputStream bytes = Files.newInputStream(file);
                InputStream plain = DataFormat.isPacked(file) ? new GZIPInputStream(bytes) : bytes;
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()))) {
            skipByteOrderMark(reader);
            return reading.from(reader);
        } catch (CharacterCodingException e) {
            throw RlhfException.user("not a text file in UTF-8: " + file);
        } catch (ZipException e) {
            throw RlhfException.user(file + " is not packed by gzip, or is damaged; rename it or pack it anew");
        } catch (IOException e) {
            if (DataFormat.isPacked(file) && e instanceof EOFException) {
                throw RlhfException.user(file + " ends too early; copy or pack it anew");
            }
            throw RlhfException.resource("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Some editors begin a file with the mark of its byte order, which is no part of the text. */
    private static void skipByteOrderMark(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
    }
}
