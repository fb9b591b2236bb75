package io.penstock.conntrack.hot.frag;

import io.penstock.conntrack.hot.table.TupleHash;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * To which packet a fragment belongs, and until when that is waited for.
 *
 * <p>Threads: the store's.
 */
final class Queues {

    private static final long SECOND_NS = 1_000_000_000L;
    /** fe80::/10 in the upper half of an address. */
    private static final long LINK_LOCAL = 0xFE80L << 48;
    private static final long LINK_LOCAL_MASK = 0xFFC0L << 48;
    private static final int MULTICAST = 0xFF;
    /** What the hash of a tuple takes for a zone. */
    private static final int HASHED_MASK = 0xFFFF;

    private final FragmentSettings settings;
    private final FragmentMemory account;
    private final long secret0;
    private final long secret1;
    private final QueueTable table;
    private final SourceTable sources;

    Queues(
            final FragmentSettings settings,
            final FragmentMemory account,
            final QueueTable table,
            final SourceTable sources,
            final long secret0,
            final long secret1) {
        this.settings = settings;
        this.account = account;
        this.table = table;
        this.sources = sources;
        this.secret0 = secret0;
        this.secret1 = secret1;
    }

    /** The queue of a fragment, a new one if need be; 0 when there is no record free. */
    long of4(final long ip, final long nowNs, final int user, final int vrf) {
        final int source = Ipv4Layout.source(ip);
        final int destination = Ipv4Layout.destination(ip);
        final int protocol = Ipv4Layout.protocol(ip);
        final int id = Ipv4Layout.id(ip);
        final long addresses = (long) source << 32 | destination & 0xFFFF_FFFFL;
        final long who = (long) id << 32 | user & 0xFFFF_FFFFL;
        final long what = QueueLayout.what(vrf, protocol, QueueLayout.FAMILY_IPV4);
        final long hash = TupleHash.hash4(secret0, secret1, source, destination, id, protocol, (user ^ vrf) & HASHED_MASK);
        final long found = alive(table.find(hash, addresses, 0, 0, 0, who, what), nowNs);
        if (found != 0) {
            return found;
        }
        final long queue = table.create(hash, addresses, 0, 0, 0, who, what);
        if (queue != 0) {
            if (settings.ipfragMaxDist != 0) {
                QueueLayout.setSource(queue, sources.acquire(source, vrf));
            }
            begin(queue, nowNs);
        }
        return queue;
    }

    /** As {@link #of4}. */
    long of6(final long ip, final int id, final long nowNs, final int user, final int device) {
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final long sourceLow = Ipv6Layout.sourceLow(ip);
        final long high = Ipv6Layout.destinationHigh(ip);
        final long low = Ipv6Layout.destinationLow(ip);
        final boolean isOfDevice = high >>> 56 == MULTICAST || (high & LINK_LOCAL_MASK) == LINK_LOCAL;
        final long who = (long) id << 32 | user & 0xFFFF_FFFFL;
        final long what = QueueLayout.what(isOfDevice ? device : 0, 0, QueueLayout.FAMILY_IPV6);
        final long hash = TupleHash.hash6(secret0, secret1, sourceHigh, sourceLow, high, low, id, 0, user & HASHED_MASK);
        final long found = alive(table.find(hash, sourceHigh, sourceLow, high, low, who, what), nowNs);
        if (found != 0) {
            return found;
        }
        final long queue = table.create(hash, sourceHigh, sourceLow, high, low, who, what);
        if (queue != 0) {
            begin(queue, nowNs);
        }
        return queue;
    }

    /** Moves a queue's deadline to where a new one's would be. */
    void reschedule(final long queue, final long nowNs) {
        table.unschedule(queue);
        schedule(queue, nowNs);
    }

    /** A queue is not found any more. */
    void unlist(final long queue) {
        table.unlist(queue);
    }

    /** The queue that ends first, or 0. */
    long oldest() {
        final long ipv4 = table.oldest(QueueLayout.FAMILY_IPV4);
        final long ipv6 = table.oldest(QueueLayout.FAMILY_IPV6);
        if (ipv4 == 0 || ipv6 == 0) {
            return ipv4 | ipv6;
        }
        return QueueLayout.deadline(ipv4) - QueueLayout.deadline(ipv6) <= 0 ? ipv4 : ipv6;
    }

    /** A queue is no more; its pieces are the caller's. */
    void end(final long queue) {
        table.unlist(queue);
        table.unschedule(queue);
        account.add(QueueLayout.family(queue), -FragmentStore.QUEUE_BYTES);
        final long source = QueueLayout.source(queue);
        if (source != 0) {
            sources.release(source);
        }
        table.free(queue);
    }

    /** A queue whose time is not over; one whose time is over takes no more, and waits to be expired. */
    private long alive(final long queue, final long nowNs) {
        if (queue != 0 && QueueLayout.deadline(queue) - nowNs <= 0) {
            table.unlist(queue);
            return 0;
        }
        return queue;
    }

    private void begin(final long queue, final long nowNs) {
        account.add(QueueLayout.family(queue), FragmentStore.QUEUE_BYTES);
        schedule(queue, nowNs);
    }

    private void schedule(final long queue, final long nowNs) {
        final int seconds = QueueLayout.family(queue) == QueueLayout.FAMILY_IPV4 ? settings.ipfragTime : settings.frag6Timeout;
        table.schedule(queue, nowNs + seconds * SECOND_NS);
    }
}
