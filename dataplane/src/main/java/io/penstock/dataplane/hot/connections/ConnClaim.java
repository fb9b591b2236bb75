package io.penstock.dataplane.hot.connections;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * The right of one worker at a time to change what a connection's tracker keeps, and what becomes of a packet that does not get it.
 *
 * <p>Threads: the lane's worker.
 */
final class ConnClaim {

    /** How often a connection that another worker holds is asked for again: a few microseconds, in which that one has done with it unless it lost its CPU. */
    static final int TRIES = 256;

    private ConnClaim() {
    }

    /** Whether the connection is this worker's now, until its {@link #release}. */
    static boolean take(final TableWorker table, final long entry) {
        for (int i = 0; i < TRIES; i++) {
            if (table.claim(entry)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** Gives back what was taken, if it was. */
    static void release(final TableWorker table, final long entry, final boolean isTaken) {
        if (isTaken) {
            table.release(entry);
        }
    }

    /**
     * Whether a packet can go on without its tracker, because a worker that has lost its CPU holds the connection: one that changes no state, and of
     * which the tracker misses a time-out's renewal and a step of the window, which it makes up for when it comes to it. So is an RST after another one.
     */
    static boolean mayPassWithout(final long entry, final int protocol, final long l4) {
        if (protocol != IpProtocol.TCP) {
            return protocol != IpProtocol.SCTP;
        }
        final int changing = TcpLayout.flags(l4) & (TcpLayout.SYN | TcpLayout.FIN | TcpLayout.RST);
        return changing == 0 || changing == TcpLayout.RST && ConnLayout.trackerState(entry) == TcpState.CLOSE;
    }
}
