package io.penstock.dataplane.hot.icmp;

import io.penstock.dataplane.testkit.TunRouter;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.sys.MappedMemory;
import java.util.ArrayList;
import java.util.List;

/** What {@link Router4Model} is for IPv6: of the hop-by-hop header it knows one option. */
final class Router6Model implements AutoCloseable {

    static final long NET_0 = 0xFD01_0000_0000_0000L;
    static final long NET_1 = 0xFD02_0000_0000_0000L;
    static final long BEHIND_0 = 0xFD04_0000_0000_0000L;
    static final long UNREACHABLE = 0xFD42_0000_0000_0000L;
    static final long PROHIBITED = 0xFD43_0000_0000_0000L;
    static final long BLACKHOLE = 0xFD44_0000_0000_0000L;
    static final long NOWHERE = 0xFD50_0000_0000_0000L;
    static final long GROUP = 0xFF05_0000_0000_0000L;
    static final long LINK_LOCAL = 0xFE80_0000_0000_0000L;
    static final int GATEWAY_0 = 0x99;
    static final int OWN = 1;
    static final int MTU_1 = 1280;
    /** The offset of the one option in the hop-by-hop header. */
    static final int OPTION_AT = 42;

    private static final int CHUNK_SHIFT = 17;

    private final MappedMemory memory = MappedMemory.reserveChunked(2L << CHUNK_SHIFT, MappedMemory.Pages.NORMAL, CHUNK_SHIFT);
    private final List<TunRouter.Sent> sent = new ArrayList<>();
    private final long ip = memory.address();
    private final long out = memory.address() + (1L << CHUNK_SHIFT);

    /** Gives the kernel what the model has. */
    static void configure(final TunRouter kernel) throws Exception {
        kernel.ip("addr add fd01::1/64 dev t0 nodad");
        kernel.ip("addr add fd02::1/64 dev t1 nodad");
        kernel.ip("addr add fe80::1/64 dev t0 nodad");
        kernel.ip("link set t1 mtu %d", MTU_1);
        kernel.ip("-6 route add fd04::/64 via fe80::99 dev t0");
        kernel.ip("-6 route add unreachable fd42::/64");
        kernel.ip("-6 route add prohibit fd43::/64");
        kernel.ip("-6 route add blackhole fd44::/64");
    }

    /** What the router sends because of a packet that comes in on the first device. */
    List<TunRouter.Sent> forward(final byte[] packet) {
        sent.clear();
        Regions.unwindow(ip);
        Memory.copyFromArray(packet, 0, ip, packet.length);
        Regions.window(ip, packet.length);
        judge(packet.length);
        return List.copyOf(sent);
    }

    @Override
    public void close() {
        memory.close();
    }

    private void judge(final int bytes) {
        final long destination = Ipv6Layout.destinationHigh(ip);
        if (Ipv6Layout.nextHeader(ip) == IpProtocol.HOP_BY_HOP && !acceptsOption(bytes, destination)) {
            return;
        }
        if (destination == GROUP) {
            return;
        }
        final boolean own = (destination == NET_0 || destination == NET_1) && Ipv6Layout.destinationLow(ip) == OWN;
        if (own) {
            error(bytes, 4, 1, Ipv6Layout.NEXT_HEADER);
        } else if (destination == UNREACHABLE || destination == NOWHERE) {
            error(bytes, 1, 0, 0);
        } else if (destination == PROHIBITED) {
            error(bytes, 1, 1, 0);
        } else if (destination != BLACKHOLE) {
            forward(bytes, destination);
        }
    }

    private boolean acceptsOption(final int bytes, final long destination) {
        final int option = Memory.getUnsignedByte(ip + OPTION_AT);
        final int action = option >>> 6;
        if (action == 2 || action == 3 && destination != GROUP) {
            error(bytes, 4, 2, OPTION_AT);
        }
        return action == 0;
    }

    private void forward(final int bytes, final long destination) {
        if (Ipv6Layout.hopLimit(ip) <= 1) {
            error(bytes, 3, 0, 0);
            return;
        }
        final boolean back = destination == NET_0 || destination == BEHIND_0;
        if (back) {
            final boolean routed = destination == BEHIND_0;
            final long high = routed ? LINK_LOCAL : destination;
            final long low = routed ? GATEWAY_0 : Ipv6Layout.destinationLow(ip);
            if (NdRedirect.mayRedirect(ip, high, low)) {
                Regions.window(out, Icmp6Reply.MAX_BYTES);
                emit(0, out, NdRedirect.write(out, ip, bytes, LINK_LOCAL, OWN, high, low, NdRedirect.NO_MAC, 0));
            }
        } else if (bytes > MTU_1) {
            error(bytes, 2, 0, MTU_1);
            return;
        }
        Ipv6Layout.decrementHopLimit(ip);
        emit(back ? 0 : 1, ip, bytes);
    }

    private void error(final int bytes, final int type, final int code, final int rest) {
        if (IcmpRules.mayAnswer6(ip, bytes, type, code, rest, true)) {
            final boolean own = Ipv6Layout.destinationLow(ip) == OWN && Ipv6Layout.destinationHigh(ip) == NET_1;
            Regions.window(out, Icmp6Reply.MAX_BYTES);
            emit(0, out, Icmp6Reply.write(out, ip, bytes, type, code, rest, own ? NET_1 : NET_0, OWN, 64, 0, 0));
        }
    }

    private void emit(final int device, final long packet, final int bytes) {
        final byte[] copy = new byte[bytes];
        Memory.copyToArray(packet, copy, 0, bytes);
        sent.add(new TunRouter.Sent(device, copy));
    }
}
