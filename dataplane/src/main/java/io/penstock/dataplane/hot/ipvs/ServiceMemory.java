package io.penstock.dataplane.hot.ipvs;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;

/**
 * The numbers of all servers of a namespace ({@link ServerLayout}). Address space is reserved for as many as there can be; memory is taken by first touch.
 *
 * <p>Threads: any; what is read and written there says more.
 */
public final class ServiceMemory implements AutoCloseable {

    /** Servers that there can be, with those that still have connections after their removal: a thousand services of a thousand each. */
    public static final int MOST_SERVERS = 1 << 20;

    private static final long BYTES = (long) MOST_SERVERS * ServerLayout.BYTES;

    private final MappedMemory memory;
    private final long base;

    /** Zeros. */
    public ServiceMemory(final int workers) {
        memory = MappedMemory.reserve(BYTES * (workers + 1), MappedMemory.Pages.NORMAL);
        base = memory.address();
    }

    /** The line that all workers share, of a server's number. */
    long shared(final int server) {
        return base + (long) server * ServerLayout.BYTES;
    }

    /** A worker's counters, of server number 0. */
    long counters(final int worker) {
        return base + BYTES * (worker + 1);
    }

    /** Control: connections that a worker has begun to a server. */
    public long connections(final int worker, final int server) {
        return get(worker, server, ServerLayout.CONNECTIONS);
    }

    /** Control: packets of clients. */
    public long packetsIn(final int worker, final int server) {
        return get(worker, server, ServerLayout.PACKETS_IN);
    }

    /** Control: their bytes. */
    public long bytesIn(final int worker, final int server) {
        return get(worker, server, ServerLayout.BYTES_IN);
    }

    /** Control: packets of the server. */
    public long packetsOut(final int worker, final int server) {
        return get(worker, server, ServerLayout.PACKETS_OUT);
    }

    /** Control: their bytes. */
    public long bytesOut(final int worker, final int server) {
        return get(worker, server, ServerLayout.BYTES_OUT);
    }

    /** Control: a worker's counters of a server that has no packets any more are 0. */
    public void forget(final int worker, final int server) {
        Memory.fill(counters(worker) + (long) server * ServerLayout.BYTES, ServerLayout.BYTES, (byte) 0);
    }

    private long get(final int worker, final int server, final int field) {
        return Memory.getLongOpaque(counters(worker) + (long) server * ServerLayout.BYTES + field);
    }

    /** After this no thread may use it. */
    @Override
    public void close() {
        memory.close();
    }
}
