package io.penstock.dataplane.hot.ipvs;

import io.penstock.os.hot.memory.Memory;

/**
 * A server's numbers, off the heap: a line that all workers share, and a line of counters for each worker.
 *
 * <pre>
 *   shared   0 active long | 8 total long, active ones too | 16 persistent long | 24 flags int | 28 weight int | 32 upper int | 36 lower int
 *   worker   0 connections long | 8 packets in | 16 bytes in | 24 packets out | 32 bytes out | 40 way long
 * </pre>
 *
 * <p>Invariants: the shared line changes by atomic additions and compare-and-set; a worker's line has one writer.
 */
final class ServerLayout {

    /** Bytes of either line. */
    static final int BYTES = 64;

    static final int ACTIVE = 0;
    static final int TOTAL = 8;
    static final int PERSISTENT = 16;
    static final int FLAGS = 24;
    static final int WEIGHT = 28;
    static final int UPPER = 32;
    static final int LOWER = 36;

    static final int CONNECTIONS = 0;
    static final int PACKETS_IN = 8;
    static final int BYTES_IN = 16;
    static final int PACKETS_OUT = 24;
    static final int BYTES_OUT = 32;
    /** Of an IPv4 server, what its worker knows of the way: the adjacency, and above {@link #ADJACENCY_BITS} of which state of the routes; 0 nothing. */
    static final int WAY = 40;

    /** An adjacency's number has fewer. */
    static final int ADJACENCY_BITS = 24;

    /** It is in its service. */
    static final int AVAILABLE = 1;
    /** It has more connections than its upper threshold allows, and not yet fewer than the lower one. */
    static final int OVERLOADED = 1 << 1;
    /** Clients that stay with it go to others all the same. */
    static final int WITHDRAWN = 1 << 2;

    private ServerLayout() {
    }

    /** A packet from a client. */
    static void countIn(final long counters, final int bytes) {
        Memory.putLongOpaque(counters + PACKETS_IN, Memory.getLongOpaque(counters + PACKETS_IN) + 1);
        Memory.putLongOpaque(counters + BYTES_IN, Memory.getLongOpaque(counters + BYTES_IN) + bytes);
    }

    /** A packet from the server. */
    static void countOut(final long counters, final int bytes) {
        Memory.putLongOpaque(counters + PACKETS_OUT, Memory.getLongOpaque(counters + PACKETS_OUT) + 1);
        Memory.putLongOpaque(counters + BYTES_OUT, Memory.getLongOpaque(counters + BYTES_OUT) + bytes);
    }

    /** A new connection. */
    static void countConnection(final long counters) {
        Memory.putLongOpaque(counters + CONNECTIONS, Memory.getLongOpaque(counters + CONNECTIONS) + 1);
    }

    static int flags(final long server) {
        return Memory.getIntOpaque(server + FLAGS);
    }

    /** Sets some flags and clears others. */
    static void change(final long server, final int set, final int clear) {
        int flags = Memory.getIntOpaque(server + FLAGS);
        while ((flags | set) != flags || (flags & clear) != 0) {
            if (Memory.compareAndSetInt(server + FLAGS, flags, (flags | set) & ~clear)) {
                return;
            }
            flags = Memory.getIntOpaque(server + FLAGS);
        }
    }

    /**
     * Judges anew whether a server is overloaded, after its number of connections or its thresholds have changed.
     * Source: ip_vs_ctl.c, {@code __ip_vs_dest_update_overload}.
     */
    static void judge(final long server) {
        final long upper = Memory.getIntOpaque(server + UPPER) & 0xFFFF_FFFFL;
        final long total = Memory.getLongOpaque(server + TOTAL);
        if (upper == 0) {
            change(server, 0, OVERLOADED);
        } else if (total >= upper) {
            change(server, OVERLOADED, 0);
            // Who took the last connections away meanwhile has not seen that there was something to judge.
            if (Memory.getLongOpaque(server + TOTAL) < (Memory.getIntOpaque(server + LOWER) & 0xFFFF_FFFFL)) {
                change(server, 0, OVERLOADED);
            }
        } else if (total < (Memory.getIntOpaque(server + LOWER) & 0xFFFF_FFFFL)) {
            change(server, 0, OVERLOADED);
        }
    }
}
