package io.penstock.dataplane.demo;

import io.penstock.os.netns.NetNs;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small HTTP server in a namespace, that says its number and repeats what it was asked for.
 *
 * <p>Threads: a platform thread that accepts, a virtual one for each connection; sockets belong to the namespace that they were
 * opened or accepted in, whoever uses them. {@link #close} from any.
 */
final class WebServer implements AutoCloseable {

    /** The longest path that an answer has room for, and far longer than ours. */
    private static final int MAX_PATH = 200;

    private static final int BACKLOG = 128;

    private final int number;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private WebServer(final int number, final ServerSocket listener) {
        this.number = number;
        this.listener = listener;
    }

    /** One that serves as of now. */
    static WebServer start(final String netns, final InetSocketAddress address, final int number) {
        final ServerSocket listener;
        try {
            listener = NetNs.within(netns, () -> {
                final ServerSocket socket = new ServerSocket();
                socket.bind(address, BACKLOG);
                return socket;
            });
        } catch (final Exception e) {
            throw new DemoException("no web server can listen on " + address + " in netns=" + netns + ": " + e.getMessage(), e);
        }
        final WebServer server = new WebServer(number, listener);
        Thread.ofPlatform().name("web-server-" + number).daemon().start(server::accept);
        return server;
    }

    /** Ends it, and its connections with a reset, as a process that is killed in the middle of its work. */
    @Override
    public void close() {
        closed = true;
        try (listener) {
            open.forEach(WebServer::reset);
        } catch (final IOException e) {
            // Then it does not listen any more either.
        }
    }

    private static void reset(final Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (final IOException e) {
            // Its end was first.
        }
    }

    private void accept() {
        while (!closed) {
            try {
                final Socket socket = listener.accept();
                open.add(socket);
                if (closed) {
                    reset(socket);
                }
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (final IOException e) {
                // Closed, or a client that went before it was accepted.
            }
        }
    }

    private void serve(final Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            final InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String request = WebMessage.head(in); request != null; request = WebMessage.head(in)) {
                final String[] words = request.split(" ", 3);
                if (words.length < 3 || words[1].length() > MAX_PATH) {
                    return;
                }
                final boolean last = WebMessage.field(request, WebMessage.CONNECTION).equals(WebMessage.CLOSE);
                socket.getOutputStream().write(WebMessage.answer(number, words[1], last));
                if (last) {
                    return;
                }
            }
        } catch (final IOException e) {
            // The client's loss is what counts, and the client counts it.
        } finally {
            open.remove(socket);
        }
    }
}
