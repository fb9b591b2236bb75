package io.penstock.dataplane.demo;

import io.penstock.os.netns.NetNs;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that asks again and again: over one connection for a while, or over a new one each time. It tries nothing twice: what
 * fails is an error.
 *
 * <p>Threads: one platform thread, which enters the clients' namespace for good; {@link #server} and {@link #end} from any.
 */
final class WebClient implements Runnable {

    /** Requests over one connection: this many on the average, and from a half to one and a half times as many, so that clients do not move in step. */
    private static final int REQUESTS = 40;

    /** Until the next request. Thirty clients make 1,500 requests a second with it, which leaves most of two CPUs to others. Unit: ns. */
    private static final long PAUSE_NS = 20_000_000;

    /** After a failure, so that a service that is away is asked, not stormed. Unit: ns. */
    private static final long PAUSE_AFTER_FAILURE_NS = 250_000_000;

    /**
     * Until a connection is there, or an answer. A SYN that is lost is sent again after 1 and after 3 s: a connection that can be saved
     * is, within that. Unit: ms.
     */
    static final int PATIENCE_MS = 5_000;

    private final int number;
    private final String netns;
    private final InetSocketAddress service;
    private final boolean keepsAlive;
    private final WebTally tally;
    private final SplittableRandom random;
    private volatile Backend server;
    private volatile boolean ended;
    private long asked;

    WebClient(final int number, final String netns, final InetSocketAddress service, final boolean keepsAlive, final WebTally tally) {
        this.number = number;
        this.netns = netns;
        this.service = service;
        this.keepsAlive = keepsAlive;
        this.tally = tally;
        this.random = new SplittableRandom(number);
    }

    /** Whose connection it has; null while it has none, or has not been answered over it. */
    Backend server() {
        return server;
    }

    /** Lets it finish what it asked last. */
    void end() {
        ended = true;
    }

    @Override
    public void run() {
        NetNs.enter(netns);
        // Not all at once.
        pause(random.nextLong(PAUSE_NS));
        while (!ended) {
            if (visit()) {
                pause(PAUSE_NS);
            } else {
                pause(PAUSE_AFTER_FAILURE_NS);
            }
        }
    }

    /** A connection from its beginning to its end; false when that is an error. */
    private boolean visit() {
        final Stage openedIn = tally.stage();
        final long openedNs = System.nanoTime();
        long connectedNs = 0;
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            socket.connect(service, PATIENCE_MS);
            connectedNs = System.nanoTime();
            final Stage connectedIn = tally.stage();
            final InputStream in = new BufferedInputStream(socket.getInputStream());
            final int requests = keepsAlive ? REQUESTS / 2 + random.nextInt(REQUESTS) : 1;
            for (int left = requests; left > 0 && !ended; left--) {
                if (left < requests) {
                    pause(PAUSE_NS);
                }
                final Backend answering = ask(socket, in, left == 1);
                if (server == null) {
                    server = answering;
                    tally.connected(answering, openedIn, connectedIn, connectedNs - openedNs);
                } else if (server != answering) {
                    throw new IOException("another server in the middle of a connection");
                }
                tally.answered(answering);
            }
            return true;
        } catch (final IOException e) {
            tally.failed(new WebFailure(
                    System.nanoTime(), openedNs, connectedNs, server, WebFailure.why(e, connectedNs != 0)));
            return false;
        } finally {
            server = null;
        }
    }

    private Backend ask(final Socket socket, final InputStream in, final boolean last) throws IOException {
        final String path = "/client" + number + '/' + asked++;
        socket.getOutputStream().write(WebMessage.request(path, last));
        final String head = WebMessage.head(in);
        if (head == null) {
            throw new EOFException("closed before the answer");
        }
        final byte[] body = in.readNBytes(WebMessage.BODY_BYTES);
        if (body.length < WebMessage.BODY_BYTES) {
            throw new EOFException("closed in the middle of the answer");
        }
        final Backend answering = WebMessage.answering(head);
        if (answering == null || !WebMessage.isBodyOf(body, path)) {
            throw new IOException("an answer to another request");
        }
        return answering;
    }

    private static void pause(final long ns) {
        final long until = System.nanoTime() + ns;
        for (long left = ns; left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
