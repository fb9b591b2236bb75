package io.penstock.dataplane.route;

import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.Addresses4;
import io.penstock.dataplane.hot.fib.Addresses6;
import io.penstock.os.netlink.Address;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * This host's addresses on all devices, in the kernel's order, and what the workers read of them.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Of IPv4, primary addresses come before secondary ones and those of a greater scope number first; among equals the
 *       oldest comes first.</li>
 *   <li>Of IPv6, addresses of a wider scope come first; among equals the newest does.</li>
 *   <li>Devices come in the order of their numbers.</li>
 * </ol>
 *
 * <p>Source: net/ipv4/devinet.c __inet_insert_ifa, net/ipv6/addrconf.c ipv6_link_dev_addr. Threads: the control thread.
 */
final class OwnAddresses {

    private final AddressBook book;
    private final Ports ports;
    private final NavigableMap<Integer, List<Address>> v4 = new TreeMap<>();
    private final NavigableMap<Integer, List<Address>> v6 = new TreeMap<>();
    /** A device's place in {@link #current4}. */
    private final Map<Integer, Integer> places4 = new HashMap<>();
    private Addresses4 current4;

    OwnAddresses(final AddressBook book, final Ports ports) {
        this.book = book;
        this.ports = ports;
        publish();
    }

    /** Takes all addresses, in the order in which the kernel lists them. */
    void set(final Collection<Address> all) {
        v4.clear();
        v6.clear();
        for (final Address address : all) {
            final List<Address> list = list(address);
            list.add(address.family() == IpAddress.V4 ? place4(list, address) : list.size(), address);
        }
        publish();
    }

    /** Takes a change as the kernel announces it; true if there was one of interest. */
    boolean change(final Address now, final Address before) {
        final Address either = now == null ? before : now;
        final List<Address> list = list(either);
        final int at = before == null ? -1 : list.indexOf(before);
        if (now != null && at >= 0 && now.secondary() == before.secondary()) {
            list.set(at, now);
        } else {
            if (at >= 0) {
                list.remove(at);
            }
            if (now != null) {
                list.add(now.family() == IpAddress.V4 ? place4(list, now) : place6(list, now), now);
            } else if (list.isEmpty()) {
                lists(either.family()).remove(either.ifindex());
            }
        }
        publish();
        return now == null || !now.equals(before);
    }

    /** The address that this host sends from through a device, in the low 32 bits; 0 if there is none. */
    int source4(final int ifindex, final IpAddress gateway, final int scope) {
        final int destination = gateway == null || gateway.family() != IpAddress.V4 ? 0 : gateway.toInt();
        return current4.sourceOfDevice(places4.getOrDefault(ifindex, -1), destination, scope);
    }

    /** Tells the workers anew, also when other devices are ports now. */
    void publish() {
        current4 = build4();
        book.publish(current4, build6());
    }

    private Addresses4 build4() {
        places4.clear();
        final int count = v4.values().stream().mapToInt(List::size).sum();
        final int[] portOf = new int[v4.size()];
        final int[] first = new int[v4.size() + 1];
        final int[] rows = new int[count * Addresses4.ROW];
        int number = 0;
        for (final Map.Entry<Integer, List<Address>> device : v4.entrySet()) {
            final int place = places4.size();
            places4.put(device.getKey(), place);
            portOf[place] = portIndex(device.getKey());
            for (final Address address : device.getValue()) {
                final int row = number++ * Addresses4.ROW;
                final IpAddress network = address.peer() == null ? address.ip() : address.peer();
                rows[row + Addresses4.LOCAL] = address.ip().toInt();
                rows[row + Addresses4.NETWORK] = network.prefix(address.prefixLength()).toInt();
                rows[row + Addresses4.MASK] = address.prefixLength() == 0 ? 0 : -1 << 32 - address.prefixLength();
                rows[row + Addresses4.SCOPE] = address.scope();
                rows[row + Addresses4.SECONDARY] = address.secondary() ? 1 : 0;
            }
            first[place + 1] = number;
        }
        return new Addresses4(portOf, first, rows);
    }

    private Addresses6 build6() {
        final int count = v6.values().stream().mapToInt(List::size).sum();
        final int[] portOf = new int[v6.size()];
        final int[] first = new int[v6.size() + 1];
        final long[] rows = new long[count * Addresses6.ROW];
        int number = 0;
        int place = 0;
        for (final Map.Entry<Integer, List<Address>> device : v6.entrySet()) {
            portOf[place] = portIndex(device.getKey());
            for (final Address address : device.getValue()) {
                final int row = number++ * Addresses6.ROW;
                rows[row + Addresses6.HIGH] = address.ip().high();
                rows[row + Addresses6.LOW] = address.ip().low();
                rows[row + Addresses6.LENGTH] = address.prefixLength();
                rows[row + Addresses6.FLAGS] = (address.deprecated() ? Addresses6.FLAG_DEPRECATED : 0)
                        | (address.tentative() ? Addresses6.FLAG_TENTATIVE : 0)
                        | (address.secondary() ? Addresses6.FLAG_TEMPORARY : 0);
            }
            first[++place] = number;
        }
        return new Addresses6(portOf, first, rows);
    }

    private int portIndex(final int ifindex) {
        final RoutingPort port = ports.byIfindex(ifindex);
        return port == null ? -1 : port.index();
    }

    private static int place4(final List<Address> list, final Address address) {
        if (address.secondary()) {
            return list.size();
        }
        int place = 0;
        for (int i = 0; i < list.size(); i++) {
            if (!list.get(i).secondary() && list.get(i).scope() >= address.scope()) {
                place = i + 1;
            }
        }
        return place;
    }

    private static int place6(final List<Address> list, final Address address) {
        int place = 0;
        while (place < list.size() && list.get(place).scope() < address.scope()) {
            place++;
        }
        return place;
    }

    private List<Address> list(final Address address) {
        return lists(address.family()).computeIfAbsent(address.ifindex(), i -> new ArrayList<>(2));
    }

    private NavigableMap<Integer, List<Address>> lists(final int family) {
        return family == IpAddress.V4 ? v4 : v6;
    }
}
