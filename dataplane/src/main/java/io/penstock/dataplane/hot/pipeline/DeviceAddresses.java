package io.penstock.dataplane.hot.pipeline;

import io.penstock.dataplane.hot.fib.AddressBook;
import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Which of a device's addresses a packet gets that is masqueraded, or redirected to this host.
 *
 * <p>Source: nf_nat_masquerade.c, {@code nf_nat_masquerade_ipv4}, {@code nf_nat_masquerade_ipv6}; nf_nat_redirect.c.
 *
 * <p>Threads: the lane's worker.
 */
public final class DeviceAddresses {

    /** No address. */
    public static final int NONE = -1;

    private final Lane lane;

    /** A lane's. */
    public DeviceAddresses(final Lane lane) {
        this.lane = lane;
    }

    /** The IPv4 address by which a packet that leaves is sent, towards its next hop; 0 for none. */
    public int outgoing4(final Batch b, final int slot) {
        return lane.addresses.v4().source(b.outPort[slot], nextHop4(b, slot), AddressBook.SCOPE_UNIVERSE);
    }

    /** The number of the IPv6 address by which a packet that leaves is sent, or {@link #NONE}; {@link #high6} and {@link #low6} tell it. */
    public int outgoing6(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        return lane.addresses.v6().source(b.outPort[slot], Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
    }

    /** The first IPv4 address of the device that a packet came in by; 0 for none. */
    public int incoming4(final Batch b, final int slot) {
        final int port = b.inPort[slot];
        return lane.addresses.v4().has(port) ? lane.addresses.v4().source(port, 0, AddressBook.SCOPE_HOST) : 0;
    }

    /** The number of the first IPv6 address of the device that a packet came in by whose scope is its destination's; or {@link #NONE}. */
    public int incoming6(final Batch b, final int slot) {
        final long ip = b.frame[slot] + b.network[slot];
        return lane.addresses.v6().firstAsFar(b.inPort[slot], Ipv6Layout.destinationHigh(ip), Ipv6Layout.destinationLow(ip));
    }

    /** An IPv6 address's first half. */
    public long high6(final int number) {
        return lane.addresses.v6().high(number);
    }

    /** An IPv6 address's other half. */
    public long low6(final int number) {
        return lane.addresses.v6().low(number);
    }

    /** Of what the kernel has routed, the next hop is not known: the destination stands for it. */
    private int nextHop4(final Batch b, final int slot) {
        final int destination = Ipv4Layout.destination(b.frame[slot] + b.network[slot]);
        if ((b.flags[slot] & Batch.HOST_ROUTED) != 0) {
            return destination;
        }
        final long adjacency = lane.fib.adjacency(b.adjacency[slot]);
        final long head = AdjacencyLayout.headAcquire(adjacency);
        return AdjacencyLayout.kind(head) > AdjacencyKind.KERNEL && (AdjacencyLayout.flags(head) & AdjacencyLayout.FLAG_GATEWAY) != 0
                ? (int) AdjacencyLayout.nextHopLow(adjacency) : destination;
    }
}
