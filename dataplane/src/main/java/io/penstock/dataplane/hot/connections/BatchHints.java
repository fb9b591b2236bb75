package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.PacketCheck;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * What is known of a batch's packets before the first of them is tracked: where their connections probably are, in memory that is on its way, and which
 * of them are whole. Hints: connections come and go, so {@link PacketTracker} compares.
 *
 * <p>Threads: the lane's worker.
 */
final class BatchHints {

    /** What a packet that is whole has not. */
    private static final int CUT = Batch.LATER_FRAGMENT | Batch.NO_TRANSPORT | Batch.FRAGMENT | Batch.PARTIAL_CHECKSUM;
    private static final int IPV4 = Family.IPV4.number();
    private static final int IPV6 = Family.IPV6.number();

    private final LaneConnections connections;
    private final long[] hints = new long[Batch.CAPACITY];
    private final Prefetch prefetch = new Prefetch();
    /** By slot, a bit: a TCP or UDP packet over IPv4 that is neither cut off nor a fragment, with a checksum that was right. */
    private long checked;
    private Batch prepared;

    BatchHints(final LaneConnections connections) {
        this.connections = connections;
    }

    /** Whether there are hints for this batch. */
    boolean areOf(final Batch b) {
        return prepared == b;
    }

    /** Whether there is a hint for a packet, and the packet is TCP or UDP over IPv4, whole, with a checksum that is right. */
    boolean isChecked(final Batch b, final int slot) {
        return prepared == b && (checked >>> slot & 1) != 0;
    }

    /** As {@link TableWorker#probe} gives. */
    long of(final int slot) {
        return hints[slot];
    }

    /** The hints are for no batch any more. */
    void end() {
        prepared = null;
    }

    /** Loads what the look-ups of a batch will read, and keeps what they come to. */
    void prepare(final Batch b) {
        int others = 0;
        for (int slot = 0; slot < b.count; slot++) {
            others |= b.family[slot] ^ IPV4;
        }
        b.loaded = others == 0 ? load4(b) : load(b);
        checked = check(b);
        prepared = b;
    }

    /** Of a batch that is IPv4 as a whole, as most are: nothing is asked of each packet again. */
    private long load4(final Batch b) {
        final long[] next = hints;
        final int n = b.count;
        final TableWorker table = connections.table(true);
        long loaded = 0;
        for (int slot = 0; slot < n; slot++) {
            next[slot] = hash4(table, b, slot);
        }
        for (int slot = 0; slot < n; slot++) {
            loaded += table.touch(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            next[slot] = table.probe(next[slot]);
        }
        long absent = 0;
        for (int slot = 0; slot < n; slot++) {
            loaded += table.touchEntry(next[slot], trackerLine(b, slot));
            absent |= (table.isNothing(next[slot]) ? 1L : 0L) << slot;
        }
        if (absent != 0) {
            prefetchNewSlow(b, absent);
        }
        return loaded;
    }

    /** Loads what the connections that begin will read; the packets' slots by bits. */
    private void prefetchNewSlow(final Batch b, final long absent) {
        int fresh4 = 0;
        int fresh6 = 0;
        for (long left = absent; left != 0; left &= left - 1) {
            final int slot = Long.numberOfTrailingZeros(left);
            final int protocol = b.protocol[slot];
            final long keys = TupleReader.keys(protocol, b.frame[slot] + b.transport[slot], b.length[slot] - b.transport[slot]);
            if (protocol != IpProtocol.UDP && protocol != IpProtocol.TCP || keys == TupleReader.NONE) {
                continue;
            }
            final long ip = b.frame[slot] + b.network[slot];
            if (b.family[slot] == IPV4) {
                connections.translator().prefetch4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), (int) keys, protocol, prefetch);
                fresh4++;
            } else {
                connections.translator().prefetch6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip), Ipv6Layout.destinationHigh(ip),
                        Ipv6Layout.destinationLow(ip), (int) keys, protocol, prefetch);
                fresh6++;
            }
        }
        connections.table(true).prefetchFree(fresh4, prefetch);
        connections.table(false).prefetchFree(fresh6, prefetch);
        prefetch.load();
    }

    /** Of any batch. */
    private long load(final Batch b) {
        final long[] next = hints;
        final int n = b.count;
        final TableWorker table4 = connections.table(true);
        final TableWorker table6 = connections.table(false);
        for (int slot = 0; slot < n; slot++) {
            next[slot] = hash(b, slot);
        }
        long loaded = 0;
        for (int slot = 0; slot < n; slot++) {
            loaded += (b.family[slot] == IPV4 ? table4 : table6).touch(next[slot]);
        }
        for (int slot = 0; slot < n; slot++) {
            next[slot] = (b.family[slot] == IPV4 ? table4 : table6).probe(next[slot]);
        }
        long absent = 0;
        for (int slot = 0; slot < n; slot++) {
            final TableWorker table = b.family[slot] == IPV4 ? table4 : table6;
            loaded += table.touchEntry(next[slot], trackerLine(b, slot));
            absent |= (isIp(b, slot) && table.isNothing(next[slot]) ? 1L : 0L) << slot;
        }
        if (absent != 0) {
            prefetchNewSlow(b, absent);
        }
        return loaded;
    }

    private static boolean isIp(final Batch b, final int slot) {
        return b.family[slot] == IPV4 || b.family[slot] == IPV6;
    }

    /** Of UDP only what is not assured needs the tracker's line. */
    private static int trackerLine(final Batch b, final int slot) {
        return b.protocol[slot] == IpProtocol.UDP ? 0 : ConnLayout.TRACKER;
    }

    /** {@link #checked} of a batch. */
    private long check(final Batch b) {
        final boolean verifies = connections.settings.checksum != 0;
        long right = 0;
        for (int slot = 0; slot < b.count; slot++) {
            final int protocol = b.protocol[slot];
            final boolean isKnown = b.family[slot] == IPV4 && (protocol == IpProtocol.UDP || protocol == IpProtocol.TCP)
                    && (b.flags[slot] & CUT) == 0;
            if (isKnown && PacketCheck.isValid4(b.frame[slot] + b.network[slot], protocol, b.frame[slot] + b.transport[slot],
                    b.length[slot] - b.transport[slot], verifies)) {
                right |= 1L << slot;
            }
        }
        return right;
    }

    private long hash(final Batch b, final int slot) {
        final int family = b.family[slot];
        final long ip = b.frame[slot] + b.network[slot];
        final int protocol = b.protocol[slot];
        if (family == IPV4) {
            return hash4(connections.table(true), b, slot);
        }
        if (family == IPV6) {
            final long keys = TupleReader.keys(protocol, b.frame[slot] + b.transport[slot], b.length[slot] - b.transport[slot]);
            return connections.table(false).hash6(Ipv6Layout.sourceHigh(ip), Ipv6Layout.sourceLow(ip),
                    Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip), (int) keys, protocol, 0);
        }
        return 0;
    }

    private static long hash4(final TableWorker table, final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        final int protocol = b.protocol[slot];
        final long keys = TupleReader.keys(protocol, b.frame[slot] + b.transport[slot], b.length[slot] - b.transport[slot]);
        return table.hash4(Ipv4Layout.source(ip), Ipv4Layout.destination(ip), (int) keys, protocol, 0);
    }
}
