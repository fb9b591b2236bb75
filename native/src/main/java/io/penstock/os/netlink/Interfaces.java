package io.penstock.os.netlink;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.util.List;

/** The devices of the calling thread's namespace, asked for once. Source: rtnetlink(7). Threads: any. */
public final class Interfaces {

    /** IFNAMSIZ without the zero byte. */
    private static final int MAX_NAME_BYTES = 15;

    /** A name that differs in more letters is another name rather than a typing error. */
    private static final int SUGGESTION_DISTANCE = 2;

    private Interfaces() {
    }

    /** All devices. */
    public static List<Link> all() {
        try (NetlinkSocket socket = NetlinkSocket.open()) {
            return RouteMonitor.list(socket, Part.LINKS, Link.class);
        }
    }

    /**
     * The device of that name.
     *
     * @throws IllegalArgumentException if there is none, with the nearest name that there is
     */
    public static Link byName(final String name) {
        if (!name.isEmpty() && name.length() <= MAX_NAME_BYTES) {
            try (NetlinkSocket socket = NetlinkSocket.open()) {
                return socket.get(Dumps.link(name), "device(name=" + name + ')', LinkDecoder::link);
            } catch (final SysException e) {
                if (e.errno() != Errno.ENODEV) {
                    throw e;
                }
            }
        }
        throw new IllegalArgumentException("device " + name + " does not exist in this network namespace; "
                + suggestion(name, all().stream().map(Link::name).sorted().toList()) + "'ip -br link' lists them");
    }

    static String suggestion(final String name, final List<String> names) {
        String best = "";
        int least = SUGGESTION_DISTANCE + 1;
        for (final String candidate : names) {
            final int distance = distance(name, candidate);
            if (distance < least && distance < name.length()) {
                least = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? "" : "did you mean " + best + "? ";
    }

    /** How many letters must be changed, put in or left out to make one of the other. */
    private static int distance(final String a, final String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] next = new int[b.length() + 1];
            next[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int change = row[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                next[j] = Math.min(change, 1 + Math.min(row[j], next[j - 1]));
            }
            row = next;
        }
        return row[b.length()];
    }
}
