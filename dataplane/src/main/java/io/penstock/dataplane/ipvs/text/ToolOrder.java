package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerState;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order of listings: of services by mark, family, protocol, address and port, of servers by address and port.
 *
 * <p>Operators compare listings, so it is the tool's order to the last detail. It subtracts 32-bit numbers and takes what is left for
 * signed: 192.0.2.1 comes before 10.0.0.1, and three addresses may each come before the next in a circle. What comes of such a circle
 * depends on how the C library sorts, which is by merging (glibc to 2.36); Java's own sort would refuse.
 */
final class ToolOrder {

    private static final int WORDS = 4;

    private ToolOrder() {
    }

    static List<ServiceState> services(final List<ServiceState> services) {
        return sort(services, (a, b) -> compare(a.key(), b.key()));
    }

    static List<ServerState> servers(final List<ServerState> servers) {
        return sort(servers, (a, b) -> compare(a.key(), b.key()));
    }

    private static int compare(final ServiceKey a, final ServiceKey b) {
        if (a.mark() != b.mark()) {
            return a.mark() - b.mark();
        }
        if (a.family() != b.family()) {
            return a.family() - b.family();
        }
        if (a.protocol() != b.protocol()) {
            return a.protocol() - b.protocol();
        }
        final int byAddress = compare(a.address(), b.address());
        return byAddress != 0 ? byAddress : a.port() - b.port();
    }

    private static int compare(final ServerKey a, final ServerKey b) {
        final int byAddress = compare(a.address(), b.address());
        return byAddress != 0 ? byAddress : a.port() - b.port();
    }

    /** By the words of the first one's family; an IPv4 address has one, and zeros after it. */
    private static int compare(final IpAddress a, final IpAddress b) {
        final int count = a.family() == IpAddress.V6 ? WORDS : 1;
        for (int i = 0; i < count; i++) {
            final int difference = word(a, i) - word(b, i);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int word(final IpAddress address, final int at) {
        if (address.family() == IpAddress.V4) {
            return at == 0 ? (int) address.low() : 0;
        }
        return (int) ((at < WORDS / 2 ? address.high() : address.low()) >>> (1 - at % 2) * Integer.SIZE);
    }

    /** Sorts by merging halves, of which the first is the smaller one; equal elements stay as they were. */
    private static <T> List<T> sort(final List<T> list, final Comparator<T> order) {
        if (list.size() < 2) {
            return list;
        }
        final int half = list.size() / 2;
        final List<T> first = sort(list.subList(0, half), order);
        final List<T> second = sort(list.subList(half, list.size()), order);
        final List<T> merged = new ArrayList<>(list.size());
        int i = 0;
        int j = 0;
        while (i < first.size() && j < second.size()) {
            merged.add(order.compare(first.get(i), second.get(j)) <= 0 ? first.get(i++) : second.get(j++));
        }
        merged.addAll(first.subList(i, first.size()));
        merged.addAll(second.subList(j, second.size()));
        return merged;
    }
}
