package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.os.hot.packet.IpProtocol;

/**
 * The defences against floods: {@code drop_entry}, {@code drop_packet}, {@code secure_tcp}, each in a mode of its own.
 *
 * <pre>
 *   {@link #OFF} 0         never in force
 *   {@link #READY} 1       in force, and then it is {@link #BUSY}, when memory is short
 *   {@link #BUSY} 2        no more in force, and then it is {@link #READY}, when memory is not short
 *   {@link #ALWAYS} 3      in force
 * </pre>
 *
 * <p>The mode is looked after once a second, and when it is written. Which connections {@code drop_entry} drops, while it is in force:
 * <ol>
 *   <li>Each second the entries of a 32nd of the table are looked at, at random ({@link #isMet}).</li>
 *   <li>Those on which others depend (clients that stay and have connections) are kept; the caller knows.</li>
 *   <li>The others are judged: {@link Share#dropsEntry}, {@link Share#dropsTemplate}.</li>
 * </ol>
 *
 * <p>Differs from Linux: every worker counts for itself, so that of all packets as many are dropped, if not each n-th of all.
 *
 * <p>Source: ip_vs_ctl.c, {@code update_defense_level}; ip_vs_conn.c, {@code ip_vs_random_dropentry}, {@code todrop_entry}; ip_vs.h, {@code ip_vs_todrop}.
 */
public final class Defence {

    public static final int OFF = 0;
    public static final int READY = 1;
    public static final int BUSY = 2;
    public static final int ALWAYS = 3;

    /** Of so many entries one is looked at each second. Lower drops faster, higher spares the workers. The kernel's. */
    private static final int SCANNED = 32;

    /** A connection that has been used in this time is kept: it may be in earnest. Unit: ns. The kernel's. */
    private static final long YOUNG_NS = 60_000_000_000L;

    /** A connection of more packets is in earnest. Unit: packets from the client. The kernel's. */
    private static final int MOST_PACKETS = 8;

    private Defence() {
    }

    /** The mode that follows. */
    public static int next(final int mode, final boolean isShort) {
        return mode == READY || mode == BUSY ? isShort ? BUSY : READY : mode;
    }

    /** Whether a defence is in force. */
    public static boolean isInForce(final int mode, final boolean isShort) {
        return mode == ALWAYS || isShort && (mode == READY || mode == BUSY);
    }

    /**
     * Of how many packets that begin connections one is dropped; 0 for none.
     *
     * @param threshold below this memory is short. Unit: pages
     * @param available memory. Unit: pages
     * @param always    the rate of {@link #ALWAYS}
     */
    public static int dropRate(final int mode, final int threshold, final long available, final int always) {
        if (mode == ALWAYS) {
            return always;
        }
        // The less there is, the more are dropped; all of them when less than half of the threshold is left.
        return isInForce(mode, available < threshold) ? (int) (threshold / (threshold - available)) : 0;
    }

    /**
     * Whether an entry is one of those that are looked at.
     *
     * @param random       any number
     * @param sweepSeconds how long a sweep over all entries takes, up to 32
     */
    public static boolean isMet(final long random, final int sweepSeconds) {
        return (random & SCANNED - 1) < sweepSeconds;
    }

    /** What one worker has counted. Threads: its worker. */
    public static final class Share {

        /** By a connection's packets: so many of its kind are still kept. */
        private final int[] kept = new int[MOST_PACKETS + 1];
        private int passed;

        public Share() {
        }

        /** Whether a packet that would begin a connection is dropped, at {@link ServiceSettings#dropRate}. */
        public boolean dropsPacket(final int rate) {
            if (rate == 0) {
                return false;
            }
            final int left = Math.min(passed, rate) - 1;
            passed = left > 0 ? left : rate;
            return left <= 0;
        }

        /**
         * Whether a connection is dropped: TCP and SCTP if they are half open, or established and idle; UDP if it is idle. Of idle ones of n packets from the
         * client, n up to 8, it is one in n.
         *
         * @param idleNs  since its last packet
         * @param packets from the client
         */
        public boolean dropsEntry(final int protocol, final int state, final long idleNs, final int packets) {
            if (protocol == IpProtocol.TCP) {
                return state == ServiceStates.TCP_SYN_RECV || state == ServiceStates.TCP_SYNACK
                        || state == ServiceStates.TCP_ESTABLISHED && dropsIdle(idleNs, packets);
            }
            if (protocol == IpProtocol.SCTP) {
                return state == ServiceStates.SCTP_INIT1 || state == ServiceStates.SCTP_INIT
                        || state == ServiceStates.SCTP_ESTABLISHED && dropsIdle(idleNs, packets);
            }
            return dropsIdle(idleNs, packets);
        }

        /**
         * Whether a client that stays is forgotten: of a service of one packet if it is idle, otherwise if none of its connections was established.
         *
         * @param isOnePacket the service is of one-packet scheduling
         */
        public boolean dropsTemplate(final boolean isOnePacket, final boolean isAssured, final long idleNs, final int packets) {
            return isOnePacket ? dropsIdle(idleNs, packets) : !isAssured;
        }

        private boolean dropsIdle(final long idleNs, final int packets) {
            if (idleNs < YOUNG_NS || packets <= 0 || packets > MOST_PACKETS) {
                return false;
            }
            final int left = kept[packets] - 1;
            kept[packets] = left > 0 ? left : packets;
            return left <= 0;
        }
    }
}
