package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.TcpRecord;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.os.hot.memory.Prefetch;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * Settles the translation of new connections: one for each worker and namespace.
 *
 * <p>A connection's first packet settles the destination's half at PRE_ROUTING or LOCAL_OUT and the source's at LOCAL_IN or POST_ROUTING:
 * through {@link #setup} or {@link #setupTo} where a rule says so, else through {@link #setupNull}. What is settled is the reply tuple, of which
 * {@link NatRewrite} makes packets. Which tuple is free is what the table says ({@link TableWorker#takenBy}); another worker may take it before the
 * connection is confirmed, and then that fails.
 *
 * <p>A half's tuple, in this order:
 * <ol>
 *   <li>The source's, unless ports are to be random: what it is, if that is within the range and free; where it is not within the range, what
 *       another connection of the same source got, if that is within the range and free.</li>
 *   <li>An address of the range ({@link AddressChoice}).</li>
 *   <li>The same key, if it is within the range and free. A range of one port is not asked whether it is free.</li>
 *   <li>A key that is free, of {@value #MOST_ATTEMPTS} and then ever fewer in a row ({@link #searchKey}).</li>
 * </ol>
 *
 * <p>With {@link NatRange#FULL_CONE} a UDP source that has a cone ({@link NatCones}) within the range gets its address and port, and one that has
 * none gets a cone of what the steps choose; addresses are chosen as with {@link NatRange#PERSISTENT}. What belongs to another source's cone is not
 * free for UDP, unless no rule speaks of the connection, or a range of one port.
 *
 * <p>Threads: its worker.
 *
 * <p>Source: nf_nat_core.c, {@code nf_nat_setup_info}, {@code get_unique_tuple}, {@code nf_nat_l4proto_unique_tuple}.
 */
public final class NatWorker {

    /** No rule, or no UDP source: cones do not matter. */
    private static final int NOTHING = 0;
    /** Whether a source belongs to another one's cone. */
    private static final int OTHERS = 1;
    /** Whether a source can be had for the cone that is begun. */
    private static final int OWN = 2;

    /** Searches begin anywhere: {@link #beginAt}. */
    public static final int ANY_KEY = -1;

    /** Keys tried in a row. The kernel's number; with the rows after the first one it bounds the search to 248 look-ups. */
    private static final int MOST_ATTEMPTS = 128;
    /** A row shorter than this is the last one. */
    private static final int LEAST_ATTEMPTS = 16;
    /** So many attempts before a row's end, TCP connections that are over may be ended to get their key. */
    private static final int HARDER_ATTEMPTS = MOST_ATTEMPTS / 4;
    private static final int KEYS = 1 << 16;

    /** In place of the connection that has a tuple: another source's cone has its source. No entry's address. */
    private static final long HELD = -1;

    private static final int TRANSLATED = ConnStatus.NAT_MASK | ConnStatus.SEQ_ADJUST;
    /** Weyl's sequence of SplitMix64 (G. Steele, D. Lea, C. Flood, 2014). */
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final NatSources sources4;
    private final NatSources sources6;
    private final ConeWorker cones4;
    private final ConeWorker cones6;
    private final TableWorker worker4;
    private final TableWorker worker6;
    private final NatBounds bounds = new NatBounds();
    private final NatTuple current = new NatTuple();
    private final NatTuple chosen = new NatTuple();
    /** What rules asked of the last connection's halves, if they did. */
    private final NatBounds lastSource = new NatBounds();
    private final NatBounds lastDestination = new NatBounds();
    private boolean isLastSourceRuled;
    private boolean isLastDestinationRuled;
    private final NatTuple guess = new NatTuple();
    private long random;
    private int nextSourceKey = ANY_KEY;
    private int nextDestinationKey = ANY_KEY;

    private TableWorker worker;
    private ConeWorker cones;
    private long entry;
    /** What of cones is asked about a tuple: {@link #NOTHING}, {@link #OTHERS} or {@link #OWN}. */
    private int asked;
    /** What {@link #taker} has last said of this half. */
    private long lastTaker;

    /**
     * A worker's part; listens to what its hands on the tables give up.
     *
     * @param sources4 of the IPv4 table
     * @param sources6 of the IPv6 table
     * @param number   the worker's
     * @param seed     of its random ports; to be different for each worker, and not to be guessed
     */
    public NatWorker(final NatSources sources4, final NatSources sources6, final int number, final long seed) {
        this.sources4 = sources4;
        this.sources6 = sources6;
        cones4 = new ConeWorker(sources4, number);
        cones6 = new ConeWorker(sources6, number);
        worker4 = sources4.table().worker(number);
        worker6 = sources6.table().worker(number);
        worker4.setListener(cones4);
        worker6.setListener(cones6);
        random = seed;
    }

    /**
     * Where searches begin from now on, instead of at random, if it is within their bounds: for who repeats what another has done.
     *
     * @param sourceKey      of the source's half, or {@link #ANY_KEY}
     * @param destinationKey of the destination's, or the same
     */
    public void beginAt(final int sourceKey, final int destinationKey) {
        nextSourceKey = sourceKey;
        nextDestinationKey = destinationKey;
    }

    /** Whether a half is settled. */
    public static boolean isSettled(final long connection, final boolean source) {
        return ConnLayout.hasStatus(connection, done(source));
    }

    /**
     * Settles a half of a connection that is not confirmed.
     *
     * @param source true for the source's half, false for the destination's
     * @return false if the packet is to be dropped
     */
    public boolean setup(final long connection, final NatRange range, final boolean source) {
        bounds.set(range);
        return settle(connection, source, true);
    }

    /**
     * As {@link #setup}, with one address.
     *
     * @param range whose flags and ports count, and whose addresses do not
     * @param high  the address's first half; of IPv4 0
     * @param low   its other half; of IPv4 all, as an unsigned number
     */
    public boolean setupTo(final long connection, final NatRange range, final long high, final long low, final boolean source) {
        bounds.set(range, high, low);
        return settle(connection, source, true);
    }

    /**
     * Settles the destination's half of a connection that is not confirmed, and whose destination is outside of a cone: it becomes the source
     * inside.
     *
     * @return false if there is no such cone, or the half is settled: nothing has been done
     */
    public boolean setupFromCone(final long connection) {
        if (ConnLayout.protocol(connection) != IpProtocol.UDP
                || ConnLayout.hasStatus(connection, ConnStatus.CONFIRMED | ConnStatus.DST_NAT_DONE)) {
            return false;
        }
        current.load(connection);
        cones = current.isIpv4() ? cones4 : cones6;
        if (!cones.find(current, ConnLayout.zone(connection, ConnDirection.ORIGINAL), bounds)) {
            return false;
        }
        ConnLayout.setCone(connection, false, cones.number());
        return settle(connection, false, true);
    }

    /** Settles a half that no rule speaks of: it keeps its address, and its key unless another connection has the tuple. */
    public boolean setupNull(final long connection, final boolean source) {
        current.load(connection);
        if (source) {
            bounds.set(current.sourceHigh, current.sourceLow);
        } else {
            bounds.set(current.destinationHigh, current.destinationLow);
        }
        return settle(connection, source, false);
    }

    /**
     * Adds what settling and confirming a connection of a TCP or UDP packet will read, if the same rules speak of it as of the last one, and its port is
     * free: a guess. Each half's reply tuple is looked up.
     */
    public void prefetch4(final int source, final int destination, final int keys, final int protocol, final Prefetch to) {
        guess.set4(source, destination, keys, protocol);
        prefetch(sources4, worker4, to);
    }

    /** As {@link #prefetch4}, of an IPv6 packet. */
    public void prefetch6(
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int keys,
            final int protocol,
            final Prefetch to) {
        guess.set6(sourceHigh, sourceLow, destinationHigh, destinationLow, keys, protocol);
        prefetch(sources6, worker6, to);
    }

    private void prefetch(final NatSources sources, final TableWorker table, final Prefetch to) {
        if (isLastDestinationRuled) {
            guess(lastDestination, false);
        }
        to.add(replyHome(table));
        if (isLastSourceRuled) {
            sources.prefetch(guess, to);
            guess(lastSource, true);
            to.add(replyHome(table));
        }
    }

    private long replyHome(final TableWorker table) {
        final NatTuple out = guess;
        final int keys = (int) TupleReader.invert(out.protocol, out.keys());
        return table.home(out.isIpv4()
                ? table.hash4((int) out.destinationLow, (int) out.sourceLow, keys, out.protocol, 0)
                : table.hash6(out.destinationHigh, out.destinationLow, out.sourceHigh, out.sourceLow, keys, out.protocol, 0));
    }

    private void guess(final NatBounds range, final boolean source) {
        if (range.has(NatRange.MAP_ADDRESSES) && !(source && range.allowsSource(guess))) {
            AddressChoice.choose(guess, range, source, 0);
        }
        if (range.isOnePort() && !source) {
            guess.destinationKey = range.leastPort;
        }
    }

    private boolean settle(final long connection, final boolean source, final boolean ruled) {
        final int status = ConnLayout.status(connection);
        if ((status & (ConnStatus.CONFIRMED | done(source))) != 0) {
            return (status & ConnStatus.CONFIRMED) != 0;
        }
        entry = connection;
        current.load(connection);
        worker = current.isIpv4() ? worker4 : worker6;
        cones = current.isIpv4() ? cones4 : cones6;
        lastTaker = 0;
        remember(source, ruled);
        asked = source && ruled && current.protocol == IpProtocol.UDP ? OTHERS : NOTHING;
        if (!(asked == OTHERS && bounds.has(NatRange.FULL_CONE) ? chooseCone() : choosePlainly(source))) {
            current.store(connection);
            return false;
        }
        // The tuples that were tried are in the entry's reply tuple; the last one need not be what was chosen.
        chosen.store(connection);
        final boolean altered = !chosen.isEqual(current);
        ConnLayout.setStatus(connection, done(source) | (altered ? source ? ConnStatus.SRC_NAT : ConnStatus.DST_NAT : 0));
        if (altered && source) {
            sources().add(connection);
        }
        return true;
    }

    private void remember(final boolean source, final boolean ruled) {
        if (source) {
            isLastSourceRuled = ruled;
        } else {
            isLastDestinationRuled = ruled;
        }
        if (ruled) {
            (source ? lastSource : lastDestination).copy(bounds);
        }
    }

    /** The source's half, by a cone; false where its tuple is another connection's, or no cone is to be had. */
    private boolean chooseCone() {
        bounds.flags |= NatRange.PERSISTENT;
        final int entered = cones.enter(current, ConnLayout.zone(entry, ConnDirection.ORIGINAL),
                ConnLayout.zone(entry, ConnDirection.REPLY), bounds, chosen);
        if (entered == ConeWorker.REFUSED) {
            return false;
        }
        if (entered == ConeWorker.JOINED) {
            if (taker() != 0) {
                cones.leave(cones.number());
                return false;
            }
        } else {
            asked = OWN;
            choose(true);
            if (lastTaker != 0) {
                cones.abandon();
                return false;
            }
            cones.publish();
        }
        ConnLayout.setCone(entry, true, cones.number());
        return true;
    }

    /** False where all that is left belongs to cones. */
    private boolean choosePlainly(final boolean source) {
        choose(source);
        return lastTaker != HELD || bounds.isOnePort();
    }

    private void choose(final boolean source) {
        chosen.copy(current);
        final boolean orderly = !bounds.has(NatBounds.ANY_RANDOM);
        if (source && orderly && isKept()) {
            return;
        }
        if (bounds.has(NatRange.MAP_ADDRESSES)) {
            // Of a zone that counts in one direction alone the other one's number is 0.
            AddressChoice.choose(chosen, bounds, source,
                    ConnLayout.zone(entry, ConnDirection.ORIGINAL) | ConnLayout.zone(entry, ConnDirection.REPLY));
        }
        if (!orderly || !isKeyRight(source)) {
            searchKey(source);
        }
    }

    /** The first step, of the source's half. */
    private boolean isKept() {
        if (bounds.allowsSource(current)) {
            return isOwn(taker());
        }
        if (sources().find(current, ConnLayout.zone(entry, ConnDirection.ORIGINAL), bounds, worker.nowNs(), chosen) && taker() == 0) {
            return true;
        }
        chosen.copy(current);
        return false;
    }

    /** The third step. */
    private boolean isKeyRight(final boolean source) {
        if (!bounds.has(NatRange.MAP_PORTS)) {
            return taker() == 0;
        }
        return !bounds.has(NatRange.SHIFT_PORTS)
                && bounds.allowsKey(chosen, source)
                && (bounds.isOnePort() && asked != OWN || taker() == 0);
    }

    /** The fourth step: which keys there are. */
    private void searchKey(final boolean source) {
        final boolean given = bounds.has(NatRange.MAP_PORTS);
        switch (chosen.protocol) {
            case IpProtocol.ICMP:
            case IpProtocol.ICMPV6:
                // The identifier is the same both ways, and belongs to the source's key.
                search(true, source, given ? bounds.leastPort : 0, given ? bounds.mostPort : KEYS - 1);
                break;
            case IpProtocol.GRE:
                // Only the call identifiers of an expected connection (PPTP) are known.
                if (ConnLayout.master(entry) != 0) {
                    search(source, source, given ? bounds.leastPort : 1, given ? bounds.mostPort : KEYS - 1);
                }
                break;
            case IpProtocol.TCP:
            case IpProtocol.UDP:
            case IpProtocol.UDPLITE:
            case IpProtocol.SCTP:
                if (given) {
                    search(source, source, bounds.leastPort, bounds.mostPort);
                } else if (source) {
                    searchPort();
                }
                break;
            default:
                break;
        }
    }

    /** A source port stays among its like: BSD's reserved ports below 512, those below 1,024, the others. */
    private void searchPort() {
        if (chosen.sourceKey < 512) {
            search(true, true, 1, 511);
        } else if (chosen.sourceKey < 1024) {
            search(true, true, 600, 1023);
        } else {
            search(true, true, 1024, KEYS - 1);
        }
    }

    /**
     * Tries keys one after the other; when none is free the last one stays, and the connection will not be confirmed.
     *
     * @param sourceKey whether it is the source's key that is tried
     * @param source    which half is being settled
     */
    private void search(final boolean sourceKey, final boolean source, final int bound, final int otherBound) {
        final int least = Math.min(bound, otherBound);
        final int size = Math.max(bound, otherBound) - least + 1;
        int offset = 0;
        if (bounds.has(NatRange.SHIFT_PORTS)) {
            offset = (sourceKey ? chosen.sourceKey : chosen.destinationKey) - bounds.basePort;
        } else if (source || bounds.has(NatBounds.ANY_RANDOM)) {
            final int first = sourceKey ? nextSourceKey : nextDestinationKey;
            offset = first >= least && first < least + size ? first - least : nextRandom();
        }
        int attempts = Math.min(size, MOST_ATTEMPTS);
        while (!searchRow(sourceKey, least, size, offset, attempts) && attempts < size && attempts >= LEAST_ATTEMPTS) {
            attempts /= 2;
            offset = nextRandom();
        }
    }

    private boolean searchRow(final boolean sourceKey, final int least, final int size, final int offset, final int attempts) {
        for (int i = 0; i < attempts; i++) {
            // The kernel's offset has 16 bits.
            final int key = least + (offset + i & KEYS - 1) % size;
            if (sourceKey) {
                chosen.sourceKey = key;
            } else {
                chosen.destinationKey = key;
            }
            final long taker = taker();
            if (taker == 0 || attempts - i <= HARDER_ATTEMPTS && isEvicted(taker)) {
                return true;
            }
        }
        return false;
    }

    /** The connection that has what would be the reply tuple, with the direction in bit 0; 0 for none, or {@link #HELD}. */
    private long taker() {
        chosen.store(entry);
        lastTaker = isHeld() ? HELD : worker.takenBy(entry);
        return lastTaker;
    }

    private boolean isHeld() {
        switch (asked) {
            case OTHERS:
                return cones.isHeld(chosen, ConnLayout.zone(entry, ConnDirection.REPLY), current, ConnLayout.zone(entry, ConnDirection.ORIGINAL));
            case OWN:
                return !cones.claim(chosen);
            default:
                return false;
        }
    }

    /**
     * Whether nothing has the original tuple that matters: nothing at all, or the connection that the first packet the other way has begun, at the
     * same instant, on another worker; neither being translated. Confirming finds out, and makes one of the two.
     */
    private boolean isOwn(final long taker) {
        if (taker == 0 || taker == HELD) {
            return taker == 0;
        }
        final long other = TableWorker.entry(taker);
        return current.protocol != IpProtocol.TCP
                && current.protocol != IpProtocol.SCTP
                && TableWorker.direction(taker) == ConnDirection.ORIGINAL
                && !ConnLayout.hasStatus(entry, TRANSLATED)
                && !ConnLayout.hasStatus(other, TRANSLATED)
                && current.isTupleOf(other, ConnDirection.REPLY);
    }

    /** Ends a connection that is over, if the new one's sequence numbers tell it from the old one. */
    private boolean isEvicted(final long taker) {
        final long other = TableWorker.entry(taker);
        return chosen.protocol == IpProtocol.TCP
                && ConnLayout.trackerState(entry) == TcpState.SYN_SENT
                && TableWorker.direction(taker) == ConnDirection.REPLY
                && ConnLayout.trackerState(other) >= TcpState.TIME_WAIT
                && (ConnLayout.status(other) & (ConnStatus.SRC_NAT | ConnStatus.FIXED_TIMEOUT | ConnStatus.DYING)) == ConnStatus.SRC_NAT
                && TcpRecord.isBeyond(entry, other)
                && worker.kill(other);
    }

    private NatSources sources() {
        return current.isIpv4() ? sources4 : sources6;
    }

    private static int done(final boolean source) {
        return source ? ConnStatus.SRC_NAT_DONE : ConnStatus.DST_NAT_DONE;
    }

    private int nextRandom() {
        random += GOLDEN;
        long mixed = (random ^ random >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
        return (int) (mixed ^ mixed >>> 31) & KEYS - 1;
    }
}
