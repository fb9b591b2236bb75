package io.penstock.os.tap;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Atomic;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.SkbContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.tap.OriginLayout;

/**
 * The program at the egress of a port: hands what the host's own sockets send to the TAP device, with an
 * {@link OriginLayout} in front. It leaves the rest to the kernel:
 *
 * <pre>
 *  received on another device (the kernel forwards) --&gt; kernel
 *  tagged ------------------------------------------&gt; kernel
 *  of a packet socket ------------------------------&gt; kernel, whose hooks do not see such packets either
 *  ARP ---------------------------------------------&gt; kernel   (data plane on demand)
 *  neither IPv4 nor IPv6 ---------------------------&gt; kernel
 *  to an Ethernet group address --------------------&gt; kernel   (IGMP, MLD, router solicitations, DHCP, mDNS, ...)
 *  IPv6 from or to a link-local address ------------&gt; kernel
 *  neighbour discovery -----------------------------&gt; kernel
 *  everything else ---------------------------------&gt; data plane
 * </pre>
 *
 * <p>A packet that should go to the data plane and cannot is dropped: it must not pass its rules by. Registers: R6 is the
 * context, R7 the user or the frame, R9 the socket.
 */
final class HandOverCode {

    private static final int AF_PACKET = 17;

    private static final int TYPE_IPV4 = swapped(EthernetLayout.TYPE_IPV4);
    private static final int TYPE_IPV6 = swapped(EthernetLayout.TYPE_IPV6);
    private static final int TYPE_ARP = swapped(EthernetLayout.TYPE_ARP);
    /** The bit of an address's first byte that makes it a group's. */
    private static final int GROUP_BIT = 1;
    /** fe80::/10. */
    private static final int LINK_LOCAL_MASK = swapped(0xFFC0);
    private static final int LINK_LOCAL = swapped(0xFE80);
    /** Router solicitation to redirect, RFC 4861 section 4. */
    private static final int DISCOVERY_FIRST = 133;
    private static final int DISCOVERY_LAST = 137;

    /** Where the IPv6 header and the byte behind it lie on the stack. */
    private static final int IPV6 = -48;
    private static final int IPV6_NEXT_BYTE = IPV6 + Ipv6Layout.HEADER_BYTES;

    private HandOverCode() {
    }

    /** The program for one port. */
    static BpfAssembler assemble(
            final BpfMap map, final int port, final int ifindex, final int tapIfindex, final long cookie) {
        final BpfAssembler code = new BpfAssembler();
        choose(code, map, port);
        ipv6(code);
        handOver(code, map, port, ifindex, tapIfindex, cookie);
        return code.label("kernel").mov(Reg.R0, SkbContext.TCX_NEXT).exit()
                .label("drop").mov(Reg.R0, SkbContext.TCX_DROP).exit();
    }

    private static void choose(final BpfAssembler code, final BpfMap map, final int port) {
        code.mov(Reg.R6, Reg.R1)
                .load(Width.WORD, Reg.R1, Reg.R6, SkbContext.INGRESS_IFINDEX)
                .jump(Cond.NE, Reg.R1, 0, "kernel")
                .load(Width.WORD, Reg.R1, Reg.R6, SkbContext.VLAN_PRESENT)
                .jump(Cond.NE, Reg.R1, 0, "kernel")
                .load(Width.DOUBLE, Reg.R9, Reg.R6, SkbContext.SK)
                .jump(Cond.EQ, Reg.R9, 0, "no_packet_socket")
                .load(Width.WORD, Reg.R1, Reg.R9, SkbContext.SOCK_FAMILY)
                .jump(Cond.EQ, Reg.R1, AF_PACKET, "kernel")
                .label("no_packet_socket")
                .load(Width.WORD, Reg.R4, Reg.R6, SkbContext.PROTOCOL)
                .jump(Cond.EQ, Reg.R4, TYPE_ARP, "arp")
                .load(Width.WORD, Reg.R7, Reg.R6, SkbContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R6, SkbContext.DATA_END)
                .mov(Reg.R3, Reg.R7)
                .alu(Alu.ADD, Reg.R3, EthernetLayout.HEADER_BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "kernel")
                .load(Width.BYTE, Reg.R1, Reg.R7, EthernetLayout.DESTINATION)
                .jump(Cond.SET, Reg.R1, GROUP_BIT, "kernel")
                .jump(Cond.EQ, Reg.R4, TYPE_IPV4, "hand_over")
                .jump(Cond.EQ, Reg.R4, TYPE_IPV6, "ipv6")
                .jump("kernel")
                .label("arp")
                .loadMapValue(Reg.R1, map, HostMapLayout.port(port) + HostMapLayout.FLAGS)
                .load(Width.WORD, Reg.R1, Reg.R1, 0)
                .jump(Cond.SET, Reg.R1, HostMapLayout.FLAG_ARP, "hand_over")
                .jump("kernel");
    }

    private static void ipv6(final BpfAssembler code) {
        code.label("ipv6");
        loadBytes(code, EthernetLayout.HEADER_BYTES, IPV6, Ipv6Layout.HEADER_BYTES);
        for (final int address : new int[] {Ipv6Layout.SOURCE, Ipv6Layout.DESTINATION}) {
            code.load(Width.HALF, Reg.R1, Reg.R10, IPV6 + address)
                    .alu(Alu.AND, Reg.R1, LINK_LOCAL_MASK)
                    .jump(Cond.EQ, Reg.R1, LINK_LOCAL, "kernel");
        }
        code.load(Width.BYTE, Reg.R1, Reg.R10, IPV6 + Ipv6Layout.NEXT_HEADER)
                .jump(Cond.NE, Reg.R1, IpProtocol.ICMPV6, "hand_over");
        loadBytes(code, EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES, IPV6_NEXT_BYTE, 1);
        code.load(Width.BYTE, Reg.R1, Reg.R10, IPV6_NEXT_BYTE)
                .jump(Cond.LT, Reg.R1, DISCOVERY_FIRST, "hand_over")
                .jump(Cond.LE, Reg.R1, DISCOVERY_LAST, "kernel");
    }

    private static void loadBytes(final BpfAssembler code, final int from, final int toStack, final int bytes) {
        code.mov(Reg.R1, Reg.R6)
                .mov(Reg.R2, from)
                .mov(Reg.R3, Reg.R10)
                .alu(Alu.ADD, Reg.R3, toStack)
                .mov(Reg.R4, bytes)
                .call(Helper.SKB_LOAD_BYTES)
                .jump(Cond.NE, Reg.R0, 0, "drop");
    }

    private static void handOver(
            final BpfAssembler code, final BpfMap map, final int port, final int ifindex, final int tapIfindex,
            final long cookie) {
        code.label("hand_over")
                .mov(Reg.R7, OriginLayout.NO_UID)
                .jump(Cond.EQ, Reg.R9, 0, "no_socket")
                .mov(Reg.R1, Reg.R6)
                .call(Helper.GET_SOCKET_UID)
                .mov(Reg.R7, Reg.R0)
                .label("no_socket")
                .mov(Reg.R1, Reg.R6)
                .mov(Reg.R2, OriginLayout.BYTES)
                .mov(Reg.R3, 0)
                .call(Helper.SKB_CHANGE_HEAD)
                .jump(Cond.NE, Reg.R0, 0, "drop")
                .load(Width.WORD, Reg.R8, Reg.R6, SkbContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R6, SkbContext.DATA_END)
                .mov(Reg.R3, Reg.R8)
                .alu(Alu.ADD, Reg.R3, OriginLayout.BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "drop")
                .store(Width.WORD, Reg.R8, OriginLayout.MAGIC, OriginLayout.magic(port))
                .store(Width.WORD, Reg.R8, OriginLayout.OUT_IFINDEX, ifindex)
                .store(Width.WORD, Reg.R8, OriginLayout.IN_IFINDEX, 0)
                .store(Width.WORD, Reg.R8, OriginLayout.UID, Reg.R7)
                .load(Width.WORD, Reg.R1, Reg.R6, SkbContext.MARK)
                .store(Width.WORD, Reg.R8, OriginLayout.MARK, Reg.R1)
                .load(Width.WORD, Reg.R1, Reg.R6, SkbContext.PRIORITY)
                .store(Width.WORD, Reg.R8, OriginLayout.PRIORITY, Reg.R1)
                .loadImm64(Reg.R1, cookie)
                .store(Width.DOUBLE, Reg.R8, OriginLayout.COOKIE, Reg.R1)
                .loadMapValue(Reg.R1, map, HostMapLayout.HANDED_OVER)
                .mov(Reg.R2, 1)
                .atomic(Atomic.ADD, Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .mov(Reg.R1, tapIfindex)
                .mov(Reg.R2, 0)
                .call(Helper.REDIRECT)
                .exit();
    }

    private static int swapped(final int value) {
        return Short.reverseBytes((short) value) & 0xFFFF;
    }
}
