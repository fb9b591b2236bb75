package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;

/**
 * Gathers a worker's fragments, so that rules and connections see packets.
 *
 * <p>Whose frame is whose:
 * <ol>
 *   <li>A frame given to {@link #add4} or {@link #add6} is the store's if the result is {@link FragmentResult#HELD} or {@link
 *       FragmentResult#WHOLE}. Else it is still the caller's.</li>
 *   <li>The store's frames are left where they are and as they are, until {@link #takeReleased} hands them back: after a packet was copied,
 *       dropped or given up. To be asked after every call of the other methods until it says 0; what is not fetched then, is fetched later.</li>
 *   <li>After {@link FragmentResult#WHOLE} the packet is there until the next {@code add4}, {@code add6} or {@code expire}: the caller copies it
 *       before, or gives it up.</li>
 *   <li>After {@link #expire} the frame of the report is among those that {@link #takeReleased} hands back: the report is made before.</li>
 * </ol>
 *
 * <p>A packet's fragments are found by addresses, identification, user, and IPv4's protocol and device; in IPv6 by the device only where the
 * destination is of a link or a group. The hash is keyed. A fragment costs a look-up and, out of order, a search of at most 256 records;
 * dropping a packet costs the same however many its fragments.
 *
 * <p>Source: RFC 791, RFC 815, RFC 8200 (4.5), RFC 5722, RFC 3168 (5.3); net/ipv4/ip_fragment.c, net/ipv4/inet_fragment.c,
 * net/ipv6/netfilter/nf_conntrack_reasm.c. Differs from Linux: the stores of several workers do not see each other's fragments, so a packet's
 * fragments have to come to the same worker; {@link FragmentHeader6}.
 *
 * <p>Threads: one; what it counts in {@link FragmentMemory} is shared.
 */
public final class FragmentStore implements AutoCloseable {

    /** Bytes that an incomplete packet counts, besides its fragments. */
    public static final int QUEUE_BYTES = QueueLayout.BYTES;

    /** {@link #expire}: there is nothing to give up now. */
    public static final int NOTHING = 0;
    /** {@link #expire}: a packet was given up; nobody is to be told. */
    public static final int EXPIRED = 1;
    /**
     * {@link #expire}: a packet was given up whose first fragment is there: {@link #expired}. Its sender is told, by ICMPv6 (3, 1) always, by
     * ICMP (11, 1) only if the packet is for this host.
     */
    public static final int EXPIRED_WITH_FIRST = 2;

    private static final int MAX_CAPACITY = 1 << 22;
    private static final int MAX_BYTES = 65_535;
    /** A line of them, so that the records behind begin with a line. */
    private static final int MIN_SLOTS = 8;
    private static final int UNIT_SHIFT = 3;
    private static final int UNIT_MASK = 7;
    private static final int COMPLETE = QueueLayout.FIRST_IN | QueueLayout.LAST_IN;

    private final FragmentSettings settings;
    private final FragmentMemory account;
    private final int fragmentBytes;
    private final MappedMemory memory;
    private final Queues queues;
    private final PieceStock pieces;
    private final Runs runs = new Runs();
    private final ExpiredFragment expired = new ExpiredFragment();
    private long whole;
    private long startedOver;

    /**
     * An empty store.
     *
     * @param account    where what waits is counted
     * @param queues     how many packets can be incomplete at once
     * @param fragments  how many fragments can wait at once: the most frames that it ever holds
     * @param frameBytes bytes of a frame, as they are counted
     * @param secret0    half of the secret of the hash
     * @param secret1    the other half
     */
    public FragmentStore(
            final FragmentSettings settings,
            final FragmentMemory account,
            final int queues,
            final int fragments,
            final int frameBytes,
            final long secret0,
            final long secret1) {
        if (queues < 1 || queues > MAX_CAPACITY || fragments < 1 || fragments > MAX_CAPACITY) {
            throw new IllegalArgumentException("a store for so many fragments is not possible: queues=" + queues + " fragments=" + fragments
                    + "; choose 1 to " + MAX_CAPACITY + " of both");
        }
        this.settings = settings;
        this.account = account;
        this.fragmentBytes = frameBytes + PieceLayout.BYTES;
        final int slots = Math.max(MIN_SLOTS, Integer.highestOneBit(Math.max(1, queues - 1)) << 1);
        final long queueBytes = QueueTable.bytes(queues, slots);
        final long sourceBytes = SourceTable.bytes(queues, slots);
        final long recordBytes = queueBytes + sourceBytes & -PieceLayout.BYTES;
        memory = MappedMemory.reserve(recordBytes + PieceLayout.BYTES + (long) fragments * PieceLayout.BYTES, MappedMemory.Pages.NORMAL);
        final QueueTable table = new QueueTable(memory.address(), queues, slots);
        final SourceTable sources = new SourceTable(memory.address() + queueBytes, slots, secret1);
        this.queues = new Queues(settings, account, table, sources, secret0, secret1);
        this.pieces = new PieceStock(memory.address() + recordBytes + PieceLayout.BYTES, fragments);
    }

    /** Bytes that a waiting fragment counts: its frame and its record. */
    public int fragmentBytes() {
        return fragmentBytes;
    }

    /**
     * Takes an IPv4 fragment, which is one by its header.
     *
     * @param frame   the link header's address
     * @param network bytes from there to the network header
     * @param length  bytes from there to the packet's end
     * @param user    who gathers: fragments of different users are kept apart (the zone, and whether the host has sent it)
     * @param vrf     the device's VRF, or 0
     * @param device  that it has come by
     * @return a {@link FragmentResult}
     */
    public int add4(
            final long frame, final int network, final int length, final long nowNs, final int user, final int vrf, final int device) {
        giveUpWhole();
        if (isFull(account.bytes4(), settings.ipfragHighThresh)) {
            return FragmentResult.NO_MEMORY;
        }
        if (pieces.isEmpty()) {
            return FragmentResult.NO_ROOM;
        }
        final long ip = frame + network;
        final long queue = queues.of4(ip, nowNs, user, vrf);
        if (queue == 0) {
            return FragmentResult.NO_ROOM;
        }
        if (isTooFar(queue)) {
            startOver(queue, nowNs);
        }
        final int word = Ipv4Layout.fragmentWord(ip);
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int offset = (word & Ipv4Layout.FRAGMENT_OFFSET_MASK) << UNIT_SHIFT;
        final int sent = offset + length - network - headerBytes;
        final boolean isLast = (word & Ipv4Layout.MORE_FRAGMENTS) == 0;
        final int end = isLast ? sent : sent & ~UNIT_MASK;
        if (!learnEnd(queue, end, isLast)) {
            return drop(queue, FragmentResult.INCONSISTENT);
        }
        if (end <= offset) {
            return drop(queue, FragmentResult.EMPTY);
        }
        final int place = runs.judge(queue, offset, end);
        if (place != FragmentResult.HELD) {
            return place == FragmentResult.DUPLICATE ? place : drop(queue, place);
        }
        final int size = end - offset + headerBytes;
        final int result = admit(queue, frame, network, network + headerBytes, offset, end, EcnMix.bit(Ipv4Layout.ecn(ip)), device);
        if (result <= FragmentResult.WHOLE) {
            QueueLayout.raiseMaxSize(queue, size);
            if ((word & Ipv4Layout.DONT_FRAGMENT) != 0) {
                QueueLayout.raiseMaxDfSize(queue, size);
            }
        }
        return result;
    }

    /**
     * Takes an IPv6 packet with a fragment header.
     *
     * @param frame   the link header's address
     * @param network bytes from there to the network header
     * @param length  bytes from there to the packet's end
     * @param user    who gathers: fragments of different users are kept apart (the zone, and whether the host has sent it)
     * @param device  that it has come by
     * @return a {@link FragmentResult}
     */
    public int add6(final long frame, final int network, final int length, final long nowNs, final int user, final int device) {
        giveUpWhole();
        final long ip = frame + network;
        final int bytes = length - network;
        final int found = bytes == Ipv6Layout.HEADER_BYTES ? FragmentHeader6.NONE : FragmentHeader6.find(ip, bytes);
        if (found == FragmentHeader6.NONE || FragmentHeader6.isChainCut(ip, bytes, FragmentHeader6.offset(found))) {
            return FragmentResult.PASS;
        }
        final int header = FragmentHeader6.offset(found);
        final int data = header + Ipv6FragmentLayout.HEADER_BYTES;
        if (data > bytes) {
            return FragmentResult.TRUNCATED;
        }
        if (isFull(account.bytes6(), settings.frag6HighThresh)) {
            return FragmentResult.NO_MEMORY;
        }
        if (pieces.isEmpty()) {
            return FragmentResult.NO_ROOM;
        }
        final long queue = queues.of6(ip, Ipv6FragmentLayout.identification(ip + header), nowNs, user, device);
        if (queue == 0) {
            return FragmentResult.NO_ROOM;
        }
        final int word = Ipv6FragmentLayout.offsetFlags(ip + header);
        final int offset = word & Ipv6FragmentLayout.OFFSET_MASK;
        final int end = offset + bytes - data;
        final boolean isLast = (word & Ipv6FragmentLayout.MORE_FRAGMENTS) == 0;
        if (end > MAX_BYTES) {
            return FragmentResult.TOO_LONG;
        }
        if (!isLast && (end & UNIT_MASK) != 0) {
            return drop(queue, FragmentResult.PASS);
        }
        if (!learnEnd(queue, end, isLast)) {
            return FragmentResult.INCONSISTENT;
        }
        if (end <= offset) {
            return FragmentResult.EMPTY;
        }
        final int place = runs.judge(queue, offset, end);
        if (place != FragmentResult.HELD) {
            return place == FragmentResult.DUPLICATE ? place : drop(queue, place);
        }
        final int result = admit(queue, frame, network, network + data, offset, end, EcnMix.bit(Ipv6Layout.ecn(ip)), device);
        if (result <= FragmentResult.WHOLE) {
            QueueLayout.raiseMaxSize(queue, bytes);
        }
        return result;
    }

    /** Bytes that the packet has with its link header, after {@link FragmentResult#WHOLE}; 0 else. */
    public int wholeLength() {
        return whole == 0 ? 0 : WholeWriter.bytes(whole);
    }

    /**
     * Writes the packet after {@link FragmentResult#WHOLE}: the first fragment's link header, one network header, all payload. Its frames are
     * released then.
     *
     * @param to       where
     * @param capacity how much there is room for; 65,535 bytes, the fixed IPv6 header and a link header are enough for every packet
     * @param plan     where the {@link GatheredPlan} goes, at most {@link GatheredPlan#MAX_BYTES}
     * @return {@link #wholeLength}, or 0 where it does not fit: then nothing is written, and the packet is given up
     */
    public int copyTo(final long to, final int capacity, final long plan) {
        final int length = wholeLength();
        final boolean isWritten = length != 0 && length <= capacity;
        if (isWritten) {
            WholeWriter.write(whole, to, plan);
        }
        giveUpWhole();
        return isWritten ? length : 0;
    }

    /** The next frame that the store gives up; it is the caller's from now on. 0 for none. */
    public long takeReleased() {
        return pieces.takeReleased();
    }

    /**
     * Gives up one packet whose time is over, if there is one.
     *
     * @return {@link #NOTHING}, {@link #EXPIRED}, {@link #EXPIRED_WITH_FIRST}
     */
    public int expire(final long nowNs) {
        giveUpWhole();
        final long queue = queues.oldest();
        if (queue == 0 || QueueLayout.deadline(queue) - nowNs > 0) {
            return NOTHING;
        }
        final boolean hasFirst = (QueueLayout.state(queue) & QueueLayout.FIRST_IN) != 0;
        if (hasFirst) {
            expired.set(queue);
        }
        forget(queue);
        return hasFirst ? EXPIRED_WITH_FIRST : EXPIRED;
    }

    /** The fragment that {@link #EXPIRED_WITH_FIRST} is about. */
    public ExpiredFragment expired() {
        return expired;
    }

    /** Gives up all packets: to be done, and the frames fetched, before a store is closed. */
    public void giveUpAll() {
        giveUpWhole();
        for (long queue = queues.oldest(); queue != 0; queue = queues.oldest()) {
            forget(queue);
        }
    }

    /** How many packets have started over for fragments too far apart ({@code ipfrag_max_dist}). */
    public long startedOver() {
        return startedOver;
    }

    /** Gives the records' memory back. */
    @Override
    public void close() {
        memory.close();
    }

    private boolean isTooFar(final long queue) {
        final long source = QueueLayout.source(queue);
        final int limit = settings.ipfragMaxDist;
        if (source == 0 || limit == 0) {
            return false;
        }
        final int before = QueueLayout.sourceNumber(queue);
        final int number = SourceTable.count(source);
        QueueLayout.setSourceNumber(queue, number);
        return QueueLayout.tail(queue) != 0 && Integer.compareUnsigned(number - before, limit) > 0;
    }

    private void startOver(final long queue, final long nowNs) {
        startedOver++;
        releasePieces(queue);
        QueueLayout.empty(queue);
        queues.reschedule(queue, nowNs);
    }

    /** Takes in where a fragment says that the packet ends, or at least goes to; false if that cannot be. */
    private static boolean learnEnd(final long queue, final int end, final boolean isLast) {
        final int known = QueueLayout.end(queue);
        final boolean isKnown = (QueueLayout.state(queue) & QueueLayout.LAST_IN) != 0;
        if (isLast ? end < known || isKnown && end != known : end > known && isKnown) {
            return false;
        }
        if (isLast) {
            QueueLayout.addState(queue, QueueLayout.LAST_IN);
        }
        if (end > known) {
            QueueLayout.setEnd(queue, end);
        }
        return true;
    }

    /** Takes a fragment that fits, unless the packet that it completes cannot be. */
    private int admit(
            final long queue,
            final long frame,
            final int network,
            final int data,
            final int offset,
            final int end,
            final int ecn,
            final int device) {
        final int state = QueueLayout.state(queue) | (offset == 0 ? QueueLayout.FIRST_IN : 0);
        final boolean isComplete = state == COMPLETE && QueueLayout.there(queue) + end - offset == QueueLayout.end(queue);
        if (isComplete) {
            final int refusal = refusal(queue, offset == 0 ? data - network : firstHeader(queue), ecn);
            if (refusal != FragmentResult.WHOLE) {
                return drop(queue, refusal);
            }
        }
        final long piece = pieces.take();
        PieceLayout.set(piece, frame, network, data, offset, end - offset);
        runs.insert(queue, piece);
        QueueLayout.append(queue, piece);
        QueueLayout.addThere(queue, end - offset);
        QueueLayout.addEcn(queue, ecn);
        QueueLayout.addState(queue, state);
        QueueLayout.setDevice(queue, device);
        account.add(QueueLayout.family(queue), fragmentBytes);
        if (isComplete) {
            queues.unlist(queue);
            whole = queue;
            return FragmentResult.WHOLE;
        }
        return FragmentResult.HELD;
    }

    /** Why a packet that is complete with this fragment is dropped, or {@link FragmentResult#WHOLE}. */
    private static int refusal(final long queue, final int headerBytes, final int ecn) {
        if (EcnMix.marks(QueueLayout.ecn(queue) | ecn) == EcnMix.REFUSED) {
            return FragmentResult.MIXED_ECN;
        }
        // What the length field counts: in IPv6 neither the fixed header nor the fragment header.
        final int counted = QueueLayout.family(queue) == QueueLayout.FAMILY_IPV4
                ? headerBytes
                : headerBytes - Ipv6Layout.HEADER_BYTES - Ipv6FragmentLayout.HEADER_BYTES;
        return counted + QueueLayout.end(queue) > MAX_BYTES ? FragmentResult.TOO_LONG : FragmentResult.WHOLE;
    }

    private static int firstHeader(final long queue) {
        final long first = Runs.first(queue);
        return PieceLayout.data(first) - PieceLayout.network(first);
    }

    private int drop(final long queue, final int reason) {
        forget(queue);
        return reason;
    }

    private void giveUpWhole() {
        if (whole != 0) {
            forget(whole);
            whole = 0;
        }
    }

    private void forget(final long queue) {
        releasePieces(queue);
        queues.end(queue);
    }

    private void releasePieces(final long queue) {
        pieces.release(QueueLayout.first(queue), QueueLayout.last(queue));
        account.add(QueueLayout.family(queue), -(long) QueueLayout.pieces(queue) * fragmentBytes);
    }

    private static boolean isFull(final long bytes, final long threshold) {
        return threshold == 0 || bytes > threshold;
    }
}
