package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.memory.Memory;

/**
 * What an entry of the table of connections ({@link ConnLayout}) means here: one line of it is all that a packet of IPv4 needs.
 *
 * <pre>
 *   state's tracker byte   bits 0-6 state ({@code ServiceStates}) | 7 active
 *   16 (mark)              the server's number; 0 none
 *   28 (masquerade)        bits 0-2 method | 3 no output | 4 one packet | 5 template | 6 assured | 7 connection tracking | 8-11 packets, up to 15
 *   56 (master)            number of the template that it stays with; 0 none
 *   64                     int, the template's generation
 *   72, of a template      long, how many connections stay with it | 80 long, its deadline without them
 * </pre>
 *
 * <p>The original tuple is client and service. The reply is server and client where addresses are translated, else the original exchanged. A template
 * (a client that stays with a server) is in zone {@link #TEMPLATE_ZONE}, and its client has no port.
 */
final class ServiceEntry {

    /** Zone of clients that stay: packets are in zone 0. */
    static final int TEMPLATE_ZONE = 1;

    static final int METHOD_MASK = 7;
    /** No answer has passed here. */
    static final int NO_OUTPUT = 1 << 3;
    static final int ONE_PACKET = 1 << 4;
    static final int TEMPLATE = 1 << 5;
    /** Of a template: a connection of its was established. */
    static final int ASSURED = 1 << 6;
    /** The packets keep the connections that are tracked beside. */
    static final int TRACKED = 1 << 7;

    /** In the state's byte. */
    static final int ACTIVE = 1 << 7;
    static final int STATE_MASK = 0x7F;
    /** What {@link #move} says when the state is another one by then. */
    static final int STALE = 2;

    private static final int PACKETS_SHIFT = 8;
    private static final int PACKETS_MASK = 15 << PACKETS_SHIFT;
    /** What a template gets that is still needed. Unit: ns */
    private static final long MORE_NS = 60_000_000_000L;
    private static final int TEMPLATE_GENERATION = ConnLayout.TRACKER;
    private static final int CONTROLLED = ConnLayout.TRACKER + 8;
    private static final int OWN_DEADLINE = ConnLayout.TRACKER + 16;

    private ServiceEntry() {
    }

    /** The state ({@code ServiceStates}). */
    static int state(final long entry) {
        return ConnLayout.trackerState(entry) & STATE_MASK;
    }

    /** The server's number; 0 for none. */
    static int server(final long entry) {
        return ConnLayout.mark(entry);
    }

    static void setServer(final long entry, final int number) {
        ConnLayout.setMark(entry, number);
    }

    static int flags(final long entry) {
        return ConnLayout.masquerade(entry);
    }

    static void setFlags(final long entry, final int flags) {
        ConnLayout.setMasquerade(entry, flags);
    }

    static int method(final int flags) {
        return flags & METHOD_MASK;
    }

    /** Packets from the client, up to 15. */
    static int packets(final int flags) {
        return (flags & PACKETS_MASK) >>> PACKETS_SHIFT;
    }

    /** One more packet; nothing is written once there are many. */
    static void countPacket(final long entry, final int flags) {
        if ((flags & PACKETS_MASK) != PACKETS_MASK) {
            setFlags(entry, flags + (1 << PACKETS_SHIFT));
        }
    }

    /** Of a connection of a client that stays. */
    static void setTemplate(final long entry, final int number, final int generation) {
        ConnLayout.setMaster(entry, number);
        Memory.putIntOpaque(entry + TEMPLATE_GENERATION, generation);
    }

    static int templateGeneration(final long entry) {
        return Memory.getIntOpaque(entry + TEMPLATE_GENERATION);
    }

    /** Of a template: one connection more, or one less, stays with it; returns how many there are then. */
    static long control(final long template, final int change) {
        return Memory.getAndAddLong(template + CONTROLLED, change) + change;
    }

    /** Of a template: how many connections stay with it. */
    static long controlled(final long template) {
        return Memory.getLongOpaque(template + CONTROLLED);
    }

    /**
     * Of a template: how long it has without connections that stay with it. As long as there are some when its time is over, it is given another minute.
     * Source: ip_vs_conn.c, {@code ip_vs_conn_expire}.
     */
    static long ownLeftNs(final long template, final long nowNs) {
        final long left = Memory.getLongOpaque(template + OWN_DEADLINE) - nowNs;
        return left > 0 ? left : MORE_NS - -left % MORE_NS;
    }

    static void setOwnDeadline(final long template, final long deadlineNs) {
        Memory.putLongOpaque(template + OWN_DEADLINE, deadlineNs);
    }

    /**
     * Goes from a state to another one, unless another worker was faster.
     *
     * @param active whether the connection counts as active there
     * @return 1 if it has become active by this call, -1 if it is no more, {@link #STALE} if nothing was done as its state is not {@code from}, else 0
     */
    static int move(final long entry, final int from, final int to, final boolean active) {
        final long mask = (long) ConnLayout.TRACKER_STATE_MASK << ConnLayout.TRACKER_STATE_SHIFT;
        final long bits = (long) (to | (active ? ACTIVE : 0)) << ConnLayout.TRACKER_STATE_SHIFT;
        while (true) {
            final long state = Memory.getLongOpaque(entry + ConnLayout.STATE);
            // What another worker has ended has been counted for the last time, though this one still has it.
            if ((state & ConnStatus.DYING) != 0) {
                return 0;
            }
            final int was = ConnLayout.trackerStateOf(state);
            if ((was & STATE_MASK) != from) {
                return STALE;
            }
            if (Memory.compareAndSetLong(entry + ConnLayout.STATE, state, state & ~mask | bits)) {
                final boolean wasActive = (was & ACTIVE) != 0;
                return wasActive == active ? 0 : active ? 1 : -1;
            }
        }
    }
}
