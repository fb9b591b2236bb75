package io.penstock.dataplane.ipvs.health;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * One run of a check: whom it asks, and until when. What it has opened is closed when its time is over, which ends whatever waits for
 * it, and at its end.
 *
 * <p>Threads: the check's; time is over on another one.
 */
public final class CheckRun implements AutoCloseable {

    private final CheckOrigin origin;
    private final IpAddress address;
    private final int port;
    private final String service;
    private final Duration timeout;
    private final Future<?> alarm;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private boolean over;

    /**
     * Begins.
     *
     * @param port    that the check asks, whatever the server's own is
     * @param service as messages name it
     */
    CheckRun(final CheckOrigin origin, final ServerKey server, final int port, final String service, final Duration timeout)
            throws InterruptedException {
        this.origin = origin;
        this.address = server.address();
        this.port = port;
        this.service = service;
        this.timeout = timeout;
        this.alarm = origin.after(timeout.toNanos(), this::end);
    }

    /** The server's address. */
    IpAddress address() {
        return address;
    }

    /** The port that is asked. */
    int port() {
        return port;
    }

    /** The service, as messages name it. */
    String service() {
        return service;
    }

    /** Whether the time is over. */
    synchronized boolean isOver() {
        return over;
    }

    /** What to say when the time is over. */
    CheckFailure late() {
        return CheckFailure.of("no answer within " + Names.of(timeout));
    }

    /** A connection to the server. */
    SocketChannel connect() throws CheckFailure, IOException, InterruptedException {
        final SocketChannel channel = open(() -> SocketChannel.open(family()));
        channel.connect(socketAddress());
        return channel;
    }

    /** A socket of datagrams that knows the server alone. */
    DatagramChannel datagrams() throws CheckFailure, IOException, InterruptedException {
        final DatagramChannel channel = open(() -> DatagramChannel.open(family()));
        channel.connect(socketAddress());
        return channel;
    }

    /** Opens what is closed when the time is over; that it does not open tells nothing of the server. */
    <T extends AutoCloseable> T open(final Callable<T> opening) throws CheckFailure, InterruptedException {
        final T resource;
        try {
            resource = origin.open(opening);
        } catch (final IOException | RuntimeException e) {
            throw CheckFailure.unable(Names.ofProblem(e));
        }
        closeAtEnd(resource);
        return resource;
    }

    /** Opens what the caller closes itself. */
    <T extends AutoCloseable> T openApart(final Callable<T> opening) throws IOException, InterruptedException {
        return origin.open(opening);
    }

    private synchronized void closeAtEnd(final AutoCloseable resource) throws CheckFailure {
        if (over) {
            close(resource);
            throw late();
        }
        opened.add(resource);
    }

    private synchronized void end() {
        over = true;
        opened.forEach(CheckRun::close);
        opened.clear();
    }

    private static void close(final AutoCloseable resource) {
        try {
            resource.close();
        } catch (final Exception e) {
            // What cannot be closed is gone, or was never whole.
        }
    }

    private InetSocketAddress socketAddress() throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port);
    }

    private StandardProtocolFamily family() {
        return address.family() == IpAddress.V4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    @Override
    public void close() {
        alarm.cancel(false);
        synchronized (this) {
            opened.forEach(CheckRun::close);
            opened.clear();
        }
    }
}
