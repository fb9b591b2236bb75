package io.penstock.dataplane.hot.ipvs;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;

/** What an entry, or a copy of one, says of a connection to a server. Threads: any. */
public final class ConnectionReader {

    private ConnectionReader() {
    }

    /** The server's number; 0 for none. */
    public static int server(final long entry) {
        return ServiceEntry.server(entry);
    }

    /** Until it ends, rounded up. */
    public static long leftSeconds(final long entry, final long nowNs) {
        final boolean isNeeded = (ServiceEntry.flags(entry) & ServiceEntry.TEMPLATE) != 0 && ServiceEntry.controlled(entry) > 0;
        final long left = isNeeded ? ServiceEntry.ownLeftNs(entry, nowNs) : Deadline.left(entry, nowNs);
        return (left + Deadline.SECOND_NS - 1) / Deadline.SECOND_NS;
    }

    /** The state's name. */
    public static String state(final long entry) {
        final int flags = ServiceEntry.flags(entry);
        if ((flags & ServiceEntry.TEMPLATE) != 0) {
            return ServiceStates.persistenceName((flags & ServiceEntry.ASSURED) != 0 ? ServiceStates.PERSISTENCE_ASSURED : ServiceStates.NONE);
        }
        return ServiceStates.name(ConnLayout.protocol(entry), ServiceEntry.state(entry));
    }

    /** Whether both ends have closed a connection; a client that stays is none. */
    public static boolean isClosed(final long entry) {
        return (ServiceEntry.flags(entry) & ServiceEntry.TEMPLATE) == 0
                && ServiceStates.isClosed(ConnLayout.protocol(entry), ServiceEntry.state(entry));
    }

    /** The port at the server; 0 for none. */
    public static int serverPort(final long entry, final Server server) {
        if (server == null) {
            return 0;
        }
        if ((ServiceEntry.flags(entry) & ServiceEntry.TEMPLATE) != 0) {
            return ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL)) == 0 ? 0 : server.port;
        }
        return ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.REPLY));
    }

    /** Whether a connection, or a client that stays, may be dropped where memory is short. */
    public static boolean isAbandoned(final long entry, final Defence.Share share, final ServiceTimeouts timeouts, final long nowNs) {
        final int flags = ServiceEntry.flags(entry);
        final int protocol = ConnLayout.protocol(entry);
        if ((flags & ServiceEntry.TEMPLATE) != 0) {
            return ServiceEntry.controlled(entry) == 0 && share.dropsTemplate(false, (flags & ServiceEntry.ASSURED) != 0, 0, ServiceEntry.packets(flags));
        }
        final int state = ServiceEntry.state(entry);
        final long idleNs = timeouts.seconds(protocol, state) * Deadline.SECOND_NS - Deadline.left(entry, nowNs);
        return share.dropsEntry(protocol, state, idleNs, ServiceEntry.packets(flags));
    }
}
