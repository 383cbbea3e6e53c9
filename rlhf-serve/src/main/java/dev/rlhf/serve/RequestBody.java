package dev.rlhf.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Bytes of a request's body, of which neither the number nor the time it takes to come is unbounded. */
final class RequestBody {
    /** Largest body, in bytes. */
    static final long MOST = 64 << 20;

    private static final int PART = 1 << 16;

    private RequestBody() {}

    /**
     * Reads all of it.
     *
     * @param declared its length as the request says, negative for none
     * @param longest longest time for the whole, looked at after each part; the server bounds the wait for one part
     * @throws ApiException 413 for more than {@link #MOST} bytes, 408 for one that comes too slowly
     */
    static byte[] read(InputStream body, long declared, Duration longest) {
        if (declared > MOST) {
            throw tooLarge();
        }
        long begin = System.nanoTime();
        ByteArrayOutputStream read = new ByteArrayOutputStream((int) Math.max(declared, 0));
        byte[] part = new byte[PART];
        try {
            for (int count = body.read(part); count >= 0; count = body.read(part)) {
                if (read.size() + count > MOST) {
                    throw tooLarge();
                }
                if (System.nanoTime() - begin > longest.toNanos()) {
                    throw ApiException.tooSlow("The body took longer than " + longest.toSeconds() + " s.");
                }
                read.write(part, 0, count);
            }
        } catch (IOException broken) {
            throw ApiException.tooSlow("The body did not come to its end.");
        }
        return read.toByteArray();
    }

    private static ApiException tooLarge() {
        return ApiException.tooLarge("The body has more than " + MOST + " bytes.");
    }
}
