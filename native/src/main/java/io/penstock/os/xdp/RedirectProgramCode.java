package io.penstock.os.xdp;

import static io.penstock.os.xdp.RedirectProgramCounter.DROPPED_NO_SOCKET;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_GROUP;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_LINK_LOCAL;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_LOCAL;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_NON_IP;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_NOT_OUR_MAC;
import static io.penstock.os.xdp.RedirectProgramCounter.PASSED_NO_SOCKET;
import static io.penstock.os.xdp.RedirectProgramCounter.REDIRECTED;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * The instructions of the redirect program, the decision tree of {@link RedirectProgram}.
 *
 * <p>The path of an IPv4 packet that is redirected runs straight down; everything else jumps out of it. Registers: R6 is
 * the context, R7 the frame, R2 its end, R4 the EtherType and then scratch, R1 the configuration. Multi-byte fields are
 * compared as loaded, so constants are written with their bytes swapped.
 */
final class RedirectProgramCode {

    private static final int IPV4_DESTINATION = EthernetLayout.HEADER_BYTES + Ipv4Layout.DESTINATION;
    private static final int IPV4_END = EthernetLayout.HEADER_BYTES + Ipv4Layout.HEADER_BYTES;
    private static final int IPV6_DESTINATION = EthernetLayout.HEADER_BYTES + Ipv6Layout.DESTINATION;
    private static final int IPV6_END = EthernetLayout.HEADER_BYTES + Ipv6Layout.HEADER_BYTES;

    private static final int TYPE_IPV4 = swapped(EthernetLayout.TYPE_IPV4);
    private static final int TYPE_IPV6 = swapped(EthernetLayout.TYPE_IPV6);
    private static final int TYPE_ARP = swapped(EthernetLayout.TYPE_ARP);

    /** First bytes of 224.0.0.0/4 and of what lies behind it. */
    private static final int IPV4_MULTICAST = 224;
    private static final int IPV4_RESERVED = 240;
    private static final int IPV4_BROADCAST = -1;
    private static final int IPV6_MULTICAST = 0xFF;
    /** fe80::/10. */
    private static final int IPV6_LINK_LOCAL_MASK = swapped(0xFFC0);
    private static final int IPV6_LINK_LOCAL = swapped(0xFE80);

    /** Where the keys of the address maps lie on the stack. */
    private static final int V4_KEY = -8;
    private static final int V6_KEY = -16;
    /** The bit of a MAC's first byte that makes it a group's. */
    private static final int MAC_GROUP_BIT = 1;

    private final BpfAssembler code = new BpfAssembler();
    private final BpfMap config;
    private final BpfMap counters;
    private final BpfMap sockets;
    private final HostAddresses addresses;
    private final int processors;

    private RedirectProgramCode(
            final BpfMap config, final BpfMap counters, final BpfMap sockets, final HostAddresses addresses,
            final int processors) {
        this.config = config;
        this.counters = counters;
        this.sockets = sockets;
        this.addresses = addresses;
        this.processors = processors;
    }

    /** Assembles the program over its maps; {@code processors} is a power of two. */
    static BpfAssembler assemble(
            final BpfMap config, final BpfMap counters, final BpfMap sockets, final HostAddresses addresses,
            final int processors) {
        final RedirectProgramCode program = new RedirectProgramCode(config, counters, sockets, addresses, processors);
        program.ipv4();
        program.redirect();
        program.ipv4Local();
        program.ipv6();
        program.rare();
        program.pass();
        return program.code;
    }

    private void ipv4() {
        code.mov(Reg.R6, Reg.R1)
                .load(Width.WORD, Reg.R7, Reg.R6, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R6, XdpContext.DATA_END);
        jumpWhenShorter(IPV4_END, "short");
        code.load(Width.HALF, Reg.R4, Reg.R7, EthernetLayout.ETHER_TYPE)
                .jump32(Cond.NE, Reg.R4, TYPE_IPV4, "not_ipv4");
        jumpWhenNotOurMac();
        code.load(Width.BYTE, Reg.R4, Reg.R7, IPV4_DESTINATION)
                .jump32(Cond.GE, Reg.R4, IPV4_MULTICAST, "ipv4_high")
                .label("ipv4_unicast");
        jumpWhenFlag(RedirectProgramLayout.FLAG_LOCAL_TO_KERNEL, "ipv4_local");
    }

    private void redirect() {
        code.label("redirect")
                .loadMapValue(Reg.R3, config, 0)
                .load(Width.WORD, Reg.R3, Reg.R3, RedirectProgramLayout.UNSERVED)
                .loadMap(Reg.R1, sockets)
                .load(Width.WORD, Reg.R2, Reg.R6, XdpContext.RX_QUEUE_INDEX)
                .call(Helper.REDIRECT_MAP)
                .mov(Reg.R6, Reg.R0)
                .mov(Reg.R7, RedirectProgramLayout.counter(REDIRECTED))
                .jump(Cond.EQ, Reg.R6, XdpContext.XDP_REDIRECT, "count")
                .mov(Reg.R7, RedirectProgramLayout.counter(PASSED_NO_SOCKET))
                .jump(Cond.EQ, Reg.R6, XdpContext.XDP_PASS, "count")
                .mov(Reg.R7, RedirectProgramLayout.counter(DROPPED_NO_SOCKET))
                .label("count")
                .call(Helper.GET_SMP_PROCESSOR_ID)
                .alu(Alu.AND, Reg.R0, processors - 1)
                .alu(Alu.LSH, Reg.R0, RedirectProgramLayout.COUNTERS_SHIFT)
                .alu(Alu.ADD, Reg.R0, Reg.R7)
                .loadMapValue(Reg.R1, counters, 0)
                .alu(Alu.ADD, Reg.R1, Reg.R0)
                .load(Width.DOUBLE, Reg.R2, Reg.R1, 0)
                .alu(Alu.ADD, Reg.R2, 1)
                .store(Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .mov(Reg.R0, Reg.R6)
                .exit();
    }

    private void ipv4Local() {
        code.label("ipv4_local")
                .load(Width.WORD, Reg.R4, Reg.R7, IPV4_DESTINATION)
                .store(Width.WORD, Reg.R10, V4_KEY, Reg.R4);
        jumpWhenLocal(addresses.v4(), V4_KEY);
        code.label("ipv4_high")
                .jump32(Cond.LT, Reg.R4, IPV4_RESERVED, "group")
                .load(Width.WORD, Reg.R4, Reg.R7, IPV4_DESTINATION)
                .jump32(Cond.EQ, Reg.R4, IPV4_BROADCAST, "group")
                .jump("ipv4_unicast");
    }

    private void ipv6() {
        code.label("not_ipv4")
                .jump32(Cond.NE, Reg.R4, TYPE_IPV6, "not_ip");
        jumpWhenShorter(IPV6_END, "truncated");
        jumpWhenNotOurMac();
        code.load(Width.BYTE, Reg.R4, Reg.R7, IPV6_DESTINATION)
                .jump32(Cond.EQ, Reg.R4, IPV6_MULTICAST, "group")
                .load(Width.HALF, Reg.R4, Reg.R7, IPV6_DESTINATION)
                .alu32(Alu.AND, Reg.R4, IPV6_LINK_LOCAL_MASK)
                .jump32(Cond.EQ, Reg.R4, IPV6_LINK_LOCAL, "link_local");
        jumpWhenFlag(RedirectProgramLayout.FLAG_LOCAL_TO_KERNEL, "ipv6_local");
        code.jump("redirect")
                .label("ipv6_local")
                .load(Width.DOUBLE, Reg.R4, Reg.R7, IPV6_DESTINATION)
                .store(Width.DOUBLE, Reg.R10, V6_KEY, Reg.R4)
                .load(Width.DOUBLE, Reg.R3, Reg.R7, IPV6_DESTINATION + Long.BYTES)
                .store(Width.DOUBLE, Reg.R10, V6_KEY + Long.BYTES, Reg.R3)
                .alu(Alu.XOR, Reg.R4, Reg.R3);
        jumpWhenLocal(addresses.v6(), V6_KEY);
    }

    private void rare() {
        code.label("short");
        jumpWhenShorter(EthernetLayout.HEADER_BYTES, "non_ip");
        code.load(Width.HALF, Reg.R4, Reg.R7, EthernetLayout.ETHER_TYPE)
                .jump32(Cond.EQ, Reg.R4, TYPE_IPV4, "truncated")
                .jump32(Cond.NE, Reg.R4, TYPE_IPV6, "not_ip")
                .label("truncated");
        jumpWhenNotOurMac();
        code.jump("redirect")
                .label("not_ip")
                .jump32(Cond.NE, Reg.R4, TYPE_ARP, "non_ip")
                .loadMapValue(Reg.R1, config, 0);
        jumpWhenFlag(RedirectProgramLayout.FLAG_ARP_TO_DATA_PLANE, "redirect");
    }

    private void pass() {
        passed("non_ip", PASSED_NON_IP);
        code.label("not_our_mac")
                .load(Width.BYTE, Reg.R4, Reg.R7, EthernetLayout.DESTINATION)
                .jump32(Cond.SET, Reg.R4, MAC_GROUP_BIT, "group");
        passed("other_mac", PASSED_NOT_OUR_MAC);
        passed("group", PASSED_GROUP);
        passed("link_local", PASSED_LINK_LOCAL);
        passed("local", PASSED_LOCAL);
    }

    private void passed(final String label, final RedirectProgramCounter counter) {
        code.label(label)
                .mov(Reg.R6, XdpContext.XDP_PASS)
                .mov(Reg.R7, RedirectProgramLayout.counter(counter))
                .jump("count");
    }

    private void jumpWhenShorter(final int bytes, final String label) {
        code.mov(Reg.R3, Reg.R7).alu(Alu.ADD, Reg.R3, bytes).jump(Cond.GT, Reg.R3, Reg.R2, label);
    }

    // Leaves the configuration in R1.
    private void jumpWhenNotOurMac() {
        code.loadMapValue(Reg.R1, config, 0)
                .load(Width.DOUBLE, Reg.R3, Reg.R7, EthernetLayout.DESTINATION)
                .alu(Alu.LSH, Reg.R3, RedirectProgramLayout.SOURCE_MAC_BITS)
                .load(Width.DOUBLE, Reg.R5, Reg.R1, RedirectProgramLayout.MAC)
                .jump(Cond.NE, Reg.R3, Reg.R5, "not_our_mac");
    }

    private void jumpWhenFlag(final int flag, final String label) {
        code.load(Width.WORD, Reg.R3, Reg.R1, RedirectProgramLayout.FLAGS).jump32(Cond.SET, Reg.R3, flag, label);
    }

    // R4 holds the folded address, see HostAddresses.slot.
    private void jumpWhenLocal(final BpfMap map, final int key) {
        code.loadImm64(Reg.R3, HostAddresses.FILTER_MULTIPLIER)
                .alu(Alu.MUL, Reg.R4, Reg.R3)
                .alu(Alu.RSH, Reg.R4, Long.SIZE - HostAddresses.FILTER_BITS)
                .loadMapValue(Reg.R1, addresses.filter(), 0)
                .alu(Alu.ADD, Reg.R1, Reg.R4)
                .load(Width.BYTE, Reg.R1, Reg.R1, 0)
                .jump32(Cond.EQ, Reg.R1, 0, "redirect")
                .loadMap(Reg.R1, map)
                .mov(Reg.R2, Reg.R10)
                .alu(Alu.ADD, Reg.R2, key)
                .call(Helper.MAP_LOOKUP_ELEM)
                .jump(Cond.EQ, Reg.R0, 0, "redirect")
                .jump("local");
    }

    private static int swapped(final int value) {
        return Short.reverseBytes((short) value) & 0xFFFF;
    }
}
