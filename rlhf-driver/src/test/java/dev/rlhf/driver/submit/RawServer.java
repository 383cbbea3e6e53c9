package dev.rlhf.driver.submit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A server that speaks no HTTP: whoever connects is told some bytes, or has the connection reset. */
final class RawServer implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final byte[] words;
    private final boolean resets;

    private RawServer(byte[] words, boolean resets) throws IOException {
        this.words = words;
        this.resets = resets;
        Thread thread = new Thread(this::serve, "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    static RawServer saying(byte[] words) throws IOException {
        return new RawServer(words, false);
    }

    static RawServer resetting() throws IOException {
        return new RawServer(new byte[0], true);
    }

    URI address(String scheme) {
        return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                // All of a request has come once its first byte can be read: what is left unread would reset it by
                // itself.
                int most = resets ? 1 : 4096;
                if (connection.getInputStream().read(new byte[most]) > 0) {
                    connection.getOutputStream().write(words);
                }
                connection.setSoLinger(resets, 0);
            } catch (IOException ended) {
                // Whoever connected has gone, or the test is over.
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
