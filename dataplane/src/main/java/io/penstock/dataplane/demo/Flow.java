package io.penstock.dataplane.demo;

import io.penstock.os.netns.NetNs;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32C;

/**
 * One TCP connection from the client's namespace to the server's, filled in one direction for a while.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every block starts with its number, so that a block lost, repeated or in the wrong place changes the sum.</li>
 *   <li>Both ends sum what passes them; the flow is intact when sums and lengths agree.</li>
 *   <li>A connection that stops moving ends in a failure, never in waiting.</li>
 * </ol>
 *
 * <p>Threads: one platform thread for each end; {@link #bytes} from any.
 */
final class Flow {

    /**
     * What came of it.
     *
     * @param sent     bytes that the one end handed to its socket
     * @param received bytes that the other end took out of its own
     * @param sentSum  CRC-32C of the sent
     * @param seenSum  CRC-32C of the received
     * @param seconds  from the first byte sent to the last received
     * @param failure  why it broke off, or null
     */
    record Outcome(long sent, long received, long sentSum, long seenSum, double seconds, String failure) {

        boolean isIntact() {
            return failure == null && sent > 0 && sent == received && sentSum == seenSum;
        }

        double gigabitsPerSecond() {
            return seconds == 0 ? 0 : received * 8 / seconds / 1e9;
        }
    }

    /** What one end did. */
    private record End(long bytes, long sum, long lastNs) {
    }

    /** Small enough to be copied within the cache, large enough that system calls do not show. */
    private static final int BLOCK_BYTES = 64 << 10;

    private static final int CONNECT_MS = 5_000;

    /** No packet for that long: the data plane loses them. TCP itself would try for a quarter of an hour. */
    private static final int STALL_MS = 5_000;

    private final String family;
    private final String clientNetns;
    private final String serverNetns;
    private final InetAddress server;
    private final Direction direction;
    private volatile long received;

    Flow(final String family, final DemoNetwork network, final InetAddress server, final Direction direction) {
        this(family, network.host(Side.CLIENT), network.host(Side.SERVER), server, direction);
    }

    Flow(final String family, final String clientNetns, final String serverNetns, final InetAddress server,
            final Direction direction) {
        this.family = family;
        this.clientNetns = clientNetns;
        this.serverNetns = serverNetns;
        this.server = server;
        this.direction = direction;
    }

    String family() {
        return family;
    }

    Direction direction() {
        return direction;
    }

    /** Bytes that have arrived so far. */
    long bytes() {
        return received;
    }

    /** Runs it to its end, with two of the executor's threads. */
    Outcome run(final ExecutorService executor, final double seconds) {
        final long start = System.nanoTime();
        final long until = start + (long) (seconds * 1e9);
        try (ServerSocket listener = NetNs.within(serverNetns, this::listen)) {
            final Future<End> serverEnd = executor.submit(() -> {
                try (Socket socket = listener.accept()) {
                    return serve(socket, direction == Direction.SERVER_TO_CLIENT, until);
                }
            });
            final End clientEnd;
            try (Socket socket = NetNs.within(clientNetns, () -> connect(listener.getLocalPort()))) {
                clientEnd = serve(socket, direction == Direction.CLIENT_TO_SERVER, until);
            }
            final End other = serverEnd.get(STALL_MS, TimeUnit.MILLISECONDS);
            final End sender = direction == Direction.CLIENT_TO_SERVER ? clientEnd : other;
            final End receiver = direction == Direction.CLIENT_TO_SERVER ? other : clientEnd;
            return new Outcome(sender.bytes, receiver.bytes, sender.sum, receiver.sum, (receiver.lastNs - start) / 1e9, null);
        } catch (final ExecutionException e) {
            return broken(start, e.getCause().getMessage());
        } catch (final TimeoutException e) {
            return broken(start, "the server's end did not finish");
        } catch (final Exception e) {
            return broken(start, e.getMessage());
        }
    }

    private Outcome broken(final long start, final String why) {
        return new Outcome(0, received, 0, 0, (System.nanoTime() - start) / 1e9, String.valueOf(why));
    }

    private ServerSocket listen() throws IOException {
        final ServerSocket listener = new ServerSocket();
        listener.setSoTimeout(CONNECT_MS);
        listener.bind(new InetSocketAddress(server, 0), 1);
        return listener;
    }

    private Socket connect(final int port) throws IOException {
        final Socket socket = new Socket();
        socket.connect(new InetSocketAddress(server, port), CONNECT_MS);
        return socket;
    }

    /** One end: sends until the time is up and waits for the other's goodbye, or receives until there is no more. */
    private End serve(final Socket socket, final boolean sends, final long until) throws IOException {
        socket.setSoTimeout(STALL_MS);
        if (!sends) {
            final End end = receive(socket.getInputStream());
            // The sender must not close first: a reset would take what is still on its way.
            socket.shutdownOutput();
            return end;
        }
        // A write has no timeout of its own: a connection that stalls is closed under it.
        final long hang = until + STALL_MS * 1_000_000L;
        final Thread watch = Thread.ofVirtual().start(() -> closeAfter(socket, hang));
        try {
            final End end = send(socket.getOutputStream(), until);
            socket.shutdownOutput();
            if (socket.getInputStream().read() >= 0) {
                throw new IOException("the receiving end sent a byte, which it never does");
            }
            return end;
        } finally {
            watch.interrupt();
        }
    }

    private static void closeAfter(final Socket socket, final long deadlineNs) {
        try (socket) {
            TimeUnit.NANOSECONDS.sleep(deadlineNs - System.nanoTime());
        } catch (final InterruptedException | IOException e) {
            // The end was done in time, or the socket was broken already.
            Thread.currentThread().interrupt();
        }
    }

    private static End send(final OutputStream out, final long until) throws IOException {
        final byte[] block = new byte[BLOCK_BYTES];
        new SplittableRandom(BLOCK_BYTES).nextBytes(block);
        final ByteBuffer number = ByteBuffer.wrap(block);
        final CRC32C sum = new CRC32C();
        long blocks = 0;
        while (System.nanoTime() - until < 0) {
            number.putLong(0, blocks++);
            sum.update(block, 0, block.length);
            out.write(block);
        }
        return new End(blocks * BLOCK_BYTES, sum.getValue(), System.nanoTime());
    }

    private End receive(final InputStream in) throws IOException {
        final byte[] block = new byte[BLOCK_BYTES];
        final CRC32C sum = new CRC32C();
        long bytes = 0;
        for (int read = in.read(block); read >= 0; read = in.read(block)) {
            sum.update(block, 0, read);
            bytes += read;
            received = bytes;
        }
        if (bytes == 0) {
            throw new EOFException("the connection ended before its first byte");
        }
        return new End(bytes, sum.getValue(), System.nanoTime());
    }
}
