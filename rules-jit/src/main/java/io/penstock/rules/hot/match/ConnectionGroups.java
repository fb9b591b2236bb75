package io.penstock.rules.hot.match;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.PacketConnection;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.set.table.TableBlock;
import io.penstock.rules.set.table.TableMemory;
import java.security.SecureRandom;

/**
 * How many connections there are of each address or network, for one rule ({@code -m connlimit}).
 *
 * <pre>
 *   group   an address or network in a zone: EntryTable's key and life, then
 *           48 head: dead | life, 31 bits | first node   56 count   64 claim   72 swept ns   80 cursor: the node before the next to look at
 *   node    a connection that a group counts, under its name, the group and the group's life: EntryTable's key and life, then
 *           48 next node   52 worker   56 added ns
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>A group's list gets nodes at its head only, by exchange; who holds the claim, and nobody else, takes nodes out, walks the list, or ends
 *       the group. Nobody waits for a claim: a group that is being swept is not swept again.</li>
 *   <li>The head names the life that it belongs to, and turns dead before the group is given back: nothing is added to a group that is not there
 *       any more.</li>
 *   <li>The count goes up before the node is in the list, and down after it was taken out: it is never below what it should be.</li>
 *   <li>A connection is in a group's list once.</li>
 * </ol>
 *
 * <p>What is over is found when a packet of the group comes: the whole list is looked at, of a long one {@link #MOST} nodes by each packet until its end,
 * or, when that was done less than {@link #SWEEP_NS} ago, {@link #SLICE} nodes for each connection that begins or ends. Groups whose packets stay away
 * are tidied up when new groups come, some for each.
 *
 * <p>Source: net/netfilter/nf_conncount.c. Differs from Linux: there what is over stays for a tick, and behind the packet's own connection
 * always; a rule that a packet comes to twice within a tick counts it twice, and keeps that. There is no bound but memory.
 *
 * <p>Threads: any worker; {@link #close} by a control thread when no worker has it any more.
 */
public final class ConnectionGroups implements AutoCloseable {

    /** Answer: there is no room for a group or connection more. */
    static final int FULL = -1;

    /** Answer within: it is counted. */
    private static final int COUNTED = 1;
    /** Answer within: the group has ended meanwhile. */
    private static final int GONE = -2;

    /** Addresses or networks at most: memory is touched as they come. */
    private static final int GROUPS = 1 << 16;
    /** Connections at most: as many as {@code nf_conntrack_max} is on large machines. */
    private static final int NODES = 1 << 18;
    private static final int GROUP_STRIDE = 128;
    private static final int NODE_STRIDE = 64;

    private static final int HEAD = EntryTable.OWN;
    private static final int COUNT = HEAD + Long.BYTES;
    private static final int CLAIM = COUNT + Long.BYTES;
    private static final int SWEPT = CLAIM + Long.BYTES;
    private static final int CURSOR = SWEPT + Long.BYTES;
    private static final int NEXT = EntryTable.OWN;
    private static final int WORKER = NEXT + Integer.BYTES;
    private static final int ADDED = WORKER + Integer.BYTES;
    private static final int NAME = 0;
    private static final int GROUP = 1;

    private static final long DEAD = 1L << 63;
    private static final int LIFE_SHIFT = 32;
    private static final long NUMBER = (1L << LIFE_SHIFT) - 1;

    /**
     * How often a whole list is looked at (ns): a tick of the kernel, which does so as often. Lower, and a list of ten thousand takes a worker's
     * time; higher, and a longer list than {@link #SLICE} counts what is over for longer.
     */
    private static final long SWEEP_NS = 4_000_000;
    /**
     * How often at the most, for each connection of the list (ns): some ten times what looking at one takes, so that a list of a hundred thousand takes no
     * more than a part of a worker's time.
     */
    private static final long SWEEP_NODE_NS = 1_000;
    /** Nodes that one packet looks at, at the most; the next packets go on. A list up to here is exact after each tick. */
    private static final int MOST = 1_024;
    /** Nodes looked at in between: up to here a list is exact when a connection begins. Each may cost a cache miss. */
    private static final int SLICE = 64;
    /** How long a connection that another worker's packet has begun may take until it is confirmed (ns): two ticks, as in the kernel. */
    private static final long YOUNG_NS = 8_000_000;
    /** Groups that are tidied up when a new one comes: more than one, so that those that are over become fewer. */
    private static final int TIDIED = 2;
    /** Groups that are tidied up when there is no room. */
    private static final int TIDIED_WHEN_FULL = 64;
    /** How often a group is looked up again that has ended meanwhile. */
    private static final int TRIES = 16;

    private final EntryTable groups;
    private final EntryTable nodes;
    private final TableBlock memory;
    private final long broom;

    /** No groups. */
    public ConnectionGroups() {
        this(GROUPS, NODES);
    }

    /** No groups; with room for so many and so many connections, powers of two. */
    ConnectionGroups(final int groupCount, final int nodeCount) {
        final SecureRandom random = new SecureRandom();
        memory = TableMemory.allocateThin(Long.BYTES);
        broom = memory.address();
        EntryTable first = null;
        try {
            first = new EntryTable(2 * groupCount, groupCount, GROUP_STRIDE, random.nextLong());
            nodes = new EntryTable(2 * nodeCount, nodeCount, NODE_STRIDE, random.nextLong());
        } catch (final RuntimeException | Error e) {
            if (first != null) {
                first.close();
            }
            memory.free();
            throw e;
        }
        groups = first;
    }

    /**
     * How many connections a group has, the packet's own included.
     *
     * @param high the address's first half; of IPv4 0
     * @param low  its other half; of IPv4 all
     * @return 0 when there was a group, and the last of its connections is over with this packet; or {@link #FULL}
     */
    int count(final RulePacket packet, final long high, final long low, final int zone) {
        final long connection = PacketConnection.entry(packet);
        long group = groups.find(high, low, zone, 0, 0);
        if (connection == 0) {
            if (group != 0) {
                sweep(packet, group, EntryTable.life(group), 0, true);
            }
            return group == 0 ? 1 : size(group) + 1;
        }
        final long name = name(packet.connections.number(packet), ConnLayout.generation(connection));
        for (int i = 0; i < TRIES; i++) {
            final boolean isNew = group == 0;
            if (isNew) {
                group = open(packet, high, low, zone);
                if (group == FULL) {
                    return FULL;
                }
                if (group == 0) {
                    continue;
                }
            }
            final long life = EntryTable.life(group);
            if (has(group, high, low, zone) && EntryTable.life(group) == life) {
                final int count = count(packet, group, life, name, isNew);
                if (count != GONE) {
                    return count;
                }
            }
            group = groups.find(high, low, zone, 0, 0);
        }
        // A worker that has lost its CPU is ending the group: the connection's next packet counts it.
        return 1;
    }

    private int count(final RulePacket packet, final long group, final long life, final long name, final boolean isNew) {
        final boolean isClosed = isClosed(packet.connection);
        if (nodes.find(name, groups.index(group), life, 0, 0) != 0) {
            sweep(packet, group, life, name, isClosed);
            return size(group);
        }
        if (isClosed && !isNew) {
            sweep(packet, group, life, name, true);
            return size(group);
        }
        final int added = add(packet, group, life, name);
        if (added != COUNTED) {
            return added;
        }
        if (!isNew) {
            sweep(packet, group, life, name, true);
        }
        return Math.max(1, size(group));
    }

    private static boolean has(final long group, final long high, final long low, final int zone) {
        return EntryTable.key(group, 0) == high && EntryTable.key(group, 1) == low && EntryTable.key(group, 2) == zone;
    }

    private static int size(final long group) {
        return (int) Memory.getLongOpaque(group + COUNT);
    }

    /** Counts in one life of a group; false if that is over. */
    private static boolean change(final long group, final long life, final int delta) {
        long count = Memory.getLongOpaque(group + COUNT);
        while ((count & ~NUMBER) == emptyHead(life)) {
            if (Memory.compareAndSetLong(group + COUNT, count, count + delta)) {
                return true;
            }
            count = Memory.getLongOpaque(group + COUNT);
        }
        return false;
    }

    private static long name(final int number, final int generation) {
        return (long) number << Integer.SIZE | Integer.toUnsignedLong(generation);
    }

    private static boolean isClosed(final long connection) {
        if (ConnLayout.protocol(connection) != IpProtocol.TCP) {
            return false;
        }
        final int state = ConnLayout.trackerState(connection);
        return state == TcpState.TIME_WAIT || state == TcpState.CLOSE;
    }

    /** A group's head without nodes. */
    private static long emptyHead(final long life) {
        return life << LIFE_SHIFT & ~DEAD;
    }

    /** The group of an address, made if there is none; {@link #FULL}; or 0 if its bucket is changed all the time. */
    private long open(final RulePacket packet, final long high, final long low, final int zone) {
        tidy(packet, TIDIED);
        long group = groups.take();
        if (group == 0) {
            tidy(packet, TIDIED_WHEN_FULL);
            group = groups.take();
            if (group == 0) {
                return FULL;
            }
        }
        Memory.putLongOpaque(group + COUNT, emptyHead(EntryTable.life(group) + 1));
        Memory.putLongOpaque(group + SWEPT, packet.nowNs);
        Memory.putLongOpaque(group + CURSOR, 0);
        Memory.putLongRelease(group + HEAD, emptyHead(EntryTable.life(group) + 1));
        return groups.link(group, high, low, zone, 0, 0);
    }

    /** Counts a connection: {@link #COUNTED}, {@link #FULL} or {@link #GONE}. */
    private int add(final RulePacket packet, final long group, final long life, final long name) {
        long node = nodes.take();
        if (node == 0) {
            tidy(packet, TIDIED_WHEN_FULL);
            node = nodes.take();
            if (node == 0) {
                return FULL;
            }
        }
        Memory.putIntOpaque(node + WORKER, packet.worker);
        Memory.putLongOpaque(node + ADDED, packet.nowNs);
        if (nodes.link(node, name, groups.index(group), life, 0, 0) != node) {
            // Another worker's packet of the connection was quicker; or its bucket is changed all the time: the next packet tries again.
            return COUNTED;
        }
        if (change(group, life, 1)) {
            if (push(group, life, node)) {
                return COUNTED;
            }
            change(group, life, -1);
        }
        for (int i = 0; i < TRIES && !nodes.remove(node, EntryTable.life(node)); i++) {
            Thread.onSpinWait();
        }
        return GONE;
    }

    private boolean push(final long group, final long life, final long node) {
        long head = Memory.getLongAcquire(group + HEAD);
        while ((head & ~NUMBER) == emptyHead(life)) {
            Memory.putIntOpaque(node + NEXT, (int) head);
            if (Memory.compareAndSetLong(group + HEAD, head, head & ~NUMBER | nodes.index(node) + 1)) {
                return true;
            }
            head = Memory.getLongAcquire(group + HEAD);
        }
        return false;
    }

    /**
     * Takes connections that are over out of a group, unless another worker is at it.
     *
     * @param own    the name of the packet's connection, which is not over unless it is closed
     * @param always whether at least a slice is looked at, however short ago the whole list was
     */
    private void sweep(final RulePacket packet, final long group, final long life, final long own, final boolean always) {
        final boolean isWhole = isDue(packet, group);
        if (!isWhole && !always || !Memory.compareAndSetLong(group + CLAIM, 0, 1)) {
            return;
        }
        if (isThere(group, life)) {
            walk(packet, group, life, own, isWhole);
        }
        Memory.putLongRelease(group + CLAIM, 0);
    }

    private static boolean isDue(final RulePacket packet, final long group) {
        return packet.nowNs - Memory.getLongOpaque(group + SWEPT) >= Math.max(SWEEP_NS, size(group) * SWEEP_NODE_NS);
    }

    /** Of a group that is claimed: whether it is in that life still. It ends under the claim only. */
    private static boolean isThere(final long group, final long life) {
        return EntryTable.life(group) == life && Memory.getLongAcquire(group + HEAD) >= 0;
    }

    private void walk(final RulePacket packet, final long group, final long life, final long own, final boolean isWhole) {
        final boolean fits = isWhole && size(group) <= MOST;
        long before = fits ? 0 : Memory.getLongOpaque(group + CURSOR);
        int number = next(group, before);
        for (int i = 0; number != 0 && (fits || i < (isWhole ? MOST : SLICE)); i++) {
            final long node = nodes.at(number - 1);
            final int behind = Memory.getIntOpaque(node + NEXT);
            if (!isOver(packet, node, own) || !unlink(group, before, number, behind)) {
                before = node;
            } else if (nodes.remove(node, EntryTable.life(node))) {
                change(group, life, -1);
            } else {
                // Its bucket is changed all the time: the next one tries again.
                push(group, life, node);
            }
            number = behind;
        }
        if (isWhole && number == 0) {
            Memory.putLongOpaque(group + SWEPT, packet.nowNs);
        }
        Memory.putLongOpaque(group + CURSOR, number == 0 ? 0 : before);
    }

    private static int next(final long group, final long before) {
        return before == 0 ? (int) Memory.getLongAcquire(group + HEAD) : Memory.getIntOpaque(before + NEXT);
    }

    /** False if it was the first one, and another one has come before it: it is left for the next sweep. */
    private static boolean unlink(final long group, final long before, final int number, final int behind) {
        if (before != 0) {
            Memory.putIntOpaque(before + NEXT, behind);
            return true;
        }
        final long head = Memory.getLongAcquire(group + HEAD);
        return (int) head == number && Memory.compareAndSetLong(group + HEAD, head, head & ~NUMBER | behind);
    }

    private static boolean isOver(final RulePacket packet, final long node, final long own) {
        final long name = EntryTable.key(node, NAME);
        if (name == own) {
            return isClosed(packet.connection);
        }
        final long entry = packet.connections.entry(packet, (int) (name >>> Integer.SIZE), (int) name);
        if (entry == 0) {
            // Not confirmed: this worker is done with the packet that began it; another one may be about to confirm it.
            return Memory.getIntOpaque(node + WORKER) == packet.worker
                    || packet.nowNs - Memory.getLongOpaque(node + ADDED) >= YOUNG_NS;
        }
        return isClosed(entry) || Deadline.hasPassed(entry, packet.nowNs);
    }

    /** Sweeps some groups, one after the other, and ends those that have no connections any more. */
    private void tidy(final RulePacket packet, final int count) {
        final int used = groups.used();
        if (used == 0) {
            return;
        }
        final long from = Memory.getAndAddLong(broom, count);
        for (int i = 0; i < Math.min(count, used); i++) {
            final long group = groups.at((int) Long.remainderUnsigned(from + i, used));
            final long life = EntryTable.life(group);
            if (EntryTable.isAlive(life) && Memory.compareAndSetLong(group + CLAIM, 0, 1)) {
                end(packet, group, life);
            }
        }
    }

    /** Of a group that is claimed; the claim is given back before the group, which may be another one at once. */
    private void end(final RulePacket packet, final long group, final long life) {
        final boolean isThere = isThere(group, life);
        if (isThere) {
            walk(packet, group, life, 0, isDue(packet, group));
        }
        final long empty = emptyHead(life);
        final boolean ends = isThere && Memory.compareAndSetLong(group + HEAD, empty, empty | DEAD);
        Memory.putLongRelease(group + CLAIM, 0);
        if (ends && !groups.remove(group, life)) {
            Memory.putLongRelease(group + HEAD, empty);
        }
    }

    /** Connections that are counted, some of which may be over: for tests. */
    int connections() {
        int sum = 0;
        for (int i = 0; i < groups.used(); i++) {
            final long group = groups.at(i);
            sum += EntryTable.isAlive(EntryTable.life(group)) ? size(group) : 0;
        }
        return sum;
    }

    /** Groups that there are: for tests. */
    int groups() {
        int sum = 0;
        for (int i = 0; i < groups.used(); i++) {
            sum += EntryTable.isAlive(EntryTable.life(groups.at(i))) ? 1 : 0;
        }
        return sum;
    }

    @Override
    public void close() {
        groups.close();
        nodes.close();
        memory.free();
    }
}
