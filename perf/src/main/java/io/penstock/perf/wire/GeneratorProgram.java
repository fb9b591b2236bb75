package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.sys.SysException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The XDP program that turns each recycled frame of a live-frame run into the next frame of a {@link TrafficProfile} and
 * sends it out of a device.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every header and the stamp are written whole each time, because the last receiver may have changed them. The rest of the
 *       payload stays zero: receivers of these frames must not write there.</li>
 *   <li>The checksums of IPv4 and, if wanted, of UDP are right in every frame.</li>
 *   <li>The sequence is a plain counter, not one per processor: a run is one thread, on one processor at a time.</li>
 *   <li>Paced, a frame leaves when it is due or as soon after as can be; it is never left out. Its stamp is when it was due:
 *       what holds up the generator, which shares a processor with what brings its frames to the device under test, counts
 *       as latency.</li>
 * </ol>
 *
 * <p>How frames leave: {@code bpf_redirect(device, 0)}, looked up in the namespace of the thread that makes the run; the frames
 * seem to come from {@code lo}. On veth the <em>other</em> end must have a NAPI instance: a native XDP program, or, under a
 * generic one, {@code ethtool -K DEV gro on}. Without it every frame is lost, and no counter tells. A veth's ring has 256
 * slots; its far end polls on the generator's own processor, right after each batch.
 *
 * <p>The program is also {@linkplain #anchor attached} to the device, where it passes whatever arrives. Without that, the
 * kernel patches its XDP dispatcher and waits for RCU at the start and the end of every run of more than one frame: 24 ms a
 * run on Linux 6.18, against 15 us, and bursts instead of a pace.
 *
 * <p>Checksums are summed over words in the machine's order: a one's complement sum does not care (RFC 1071, section 2 (B)).
 * Registers: R6 the frame, R7 the state, R8 the interval, then the stamp's word, R9 when the frame is due, then
 * the checksum over what varies.
 */
final class GeneratorProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";
    /** Where live frames seem to come from, in every namespace. */
    private static final int LOOPBACK_IFINDEX = 1;
    private static final int STATE_SEQUENCE = 0;
    private static final int STATE_FLOW = 8;
    private static final int STATE_START_NS = 16;
    private static final int STATE_DUE = 24;
    private static final int STATE_END = 32;
    private static final int STATE_INTERVAL = 40;
    private static final int STATE_BYTES = 48;
    /** Times since the start have this many bits below the nanosecond: rates are exact to 1e-5 at 1 Mpps, for 39 hours. */
    private static final int FRACTION_BITS = 16;
    private static final int PORT_BITS = Integer.numberOfTrailingZeros(TrafficProfile.PORTS_PER_ADDRESS);

    private final BpfMap state;
    private final BpfProgram program;
    private BpfLink anchor;

    private GeneratorProgram(final BpfMap state, final BpfProgram program) {
        this.state = state;
        this.program = program;
    }

    /** Loads the program for a profile and the device that the frames leave by. */
    static GeneratorProgram load(final TrafficProfile profile, final int ifindex) {
        final BpfMap state = BpfMap.create(
                BpfMapType.ARRAY, "penstock_gen", Integer.BYTES, STATE_BYTES, 1, BpfMap.F_MMAPABLE);
        try {
            return new GeneratorProgram(state,
                    BpfProgram.load(BpfProgramType.XDP, "penstock_gen", assemble(profile, ifindex, state), LICENSE));
        } catch (final SysException e) {
            state.close();
            throw e;
        }
    }

    /**
     * Attaches the program to a device of the calling thread's namespace, so that runs start without delay. In generic mode,
     * which leaves the driver alone.
     *
     * @throws SysException when the device has another XDP program
     */
    void anchor(final int ifindex) {
        anchor = BpfLink.attachXdp(program, ifindex, XdpMode.GENERIC);
    }

    BpfProgram program() {
        return program;
    }

    /** How many frames the program has made. */
    long made() {
        return Memory.getLongOpaque(state.address() + STATE_SEQUENCE);
    }

    /** From now on each frame is sent at once. */
    void saturate() {
        Memory.putLongOpaque(state.address() + STATE_INTERVAL, 0);
    }

    /** From a start in CLOCK_MONOTONIC on, frame k is sent k intervals later, and none from frame {@code total} on. */
    void pace(final long startNs, final double nsPerFrame, final long total) {
        final long interval = Math.max(1, Math.round(nsPerFrame * (1 << FRACTION_BITS)));
        Memory.putLongOpaque(state.address() + STATE_START_NS, startNs);
        Memory.putLongOpaque(state.address() + STATE_DUE, 0);
        Memory.putLongOpaque(state.address() + STATE_END, total > Long.MAX_VALUE / interval ? Long.MAX_VALUE : total * interval);
        Memory.putLongOpaque(state.address() + STATE_INTERVAL, interval);
    }

    /** No frame is sent from now on, until {@link #pace} is called again. Any thread. */
    void halt() {
        Memory.putLongOpaque(state.address() + STATE_END, 0);
    }

    @Override
    public void close() {
        if (anchor != null) {
            anchor.close();
        }
        program.close();
        state.close();
    }

    private static BpfAssembler assemble(final TrafficProfile profile, final int ifindex, final BpfMap state) {
        final BpfAssembler code = new BpfAssembler();
        final byte[] template = profile.template();
        final int written = profile.stampOffset();
        code.load(Width.WORD, Reg.R2, Reg.R1, XdpContext.INGRESS_IFINDEX)
                .jump32(Cond.NE, Reg.R2, LOOPBACK_IFINDEX, "arrived")
                .load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, written + StampLayout.BYTES)
                .jump(Cond.GT, Reg.R3, Reg.R2, "bad");
        await(code, state);
        constants(code, template, written);
        next(code, profile, state);
        source(code, profile);
        if (profile.v4()) {
            ipv4Checksum(code, template);
        }
        code.alu(Alu.ADD, Reg.R9, Reg.R4);
        stamp(code, profile);
        if (profile.udpChecksum()) {
            udpChecksum(code, profile, template);
        }
        return code.mov(Reg.R1, ifindex).mov(Reg.R2, 0).call(Helper.REDIRECT).exit()
                .label("early").mov(Reg.R0, XdpContext.XDP_DROP).exit()
                .label("bad").mov(Reg.R0, XdpContext.XDP_ABORTED).exit()
                .label("arrived").mov(Reg.R0, XdpContext.XDP_PASS).exit();
    }

    // A frame that is not due is given back, and the kernel offers it again: 0.1 us later.
    private static void await(final BpfAssembler code, final BpfMap state) {
        code.loadMapValue(Reg.R7, state, 0)
                .load(Width.DOUBLE, Reg.R8, Reg.R7, STATE_INTERVAL)
                .jump(Cond.EQ, Reg.R8, 0, "due")
                .load(Width.DOUBLE, Reg.R9, Reg.R7, STATE_DUE)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_END)
                .jump(Cond.GE, Reg.R9, Reg.R1, "early")
                .call(Helper.KTIME_GET_NS)
                .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_START_NS)
                .jump(Cond.LT, Reg.R0, Reg.R1, "early")
                .alu(Alu.SUB, Reg.R0, Reg.R1).alu(Alu.LSH, Reg.R0, FRACTION_BITS)
                .jump(Cond.LT, Reg.R0, Reg.R9, "early")
                .alu(Alu.ADD, Reg.R9, Reg.R8)
                .store(Width.DOUBLE, Reg.R7, STATE_DUE, Reg.R9)
                .label("due");
    }

    private static void constants(final BpfAssembler code, final byte[] template, final int bytes) {
        final ByteBuffer from = ByteBuffer.wrap(template).order(ByteOrder.nativeOrder());
        int at = 0;
        for (; at + Integer.BYTES <= bytes; at += Integer.BYTES) {
            code.store(Width.WORD, Reg.R6, at, from.getInt(at));
        }
        if (at < bytes) {
            code.store(Width.HALF, Reg.R6, at, from.getShort(at));
        }
    }

    // R8 = the stamp's word, R3 = the flow.
    private static void next(final BpfAssembler code, final TrafficProfile profile, final BpfMap state) {
        code.loadMapValue(Reg.R7, state, 0)
                .load(Width.DOUBLE, Reg.R8, Reg.R7, STATE_SEQUENCE)
                .mov(Reg.R1, Reg.R8).alu(Alu.ADD, Reg.R1, 1).store(Width.DOUBLE, Reg.R7, STATE_SEQUENCE, Reg.R1)
                .alu(Alu.LSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .loadImm64(Reg.R1, (long) StampLayout.MAGIC << StampLayout.MAGIC_SHIFT
                        | (long) profile.stream() << StampLayout.STREAM_SHIFT)
                .alu(Alu.OR, Reg.R8, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R7, STATE_FLOW)
                .mov(Reg.R1, Reg.R3).alu(Alu.ADD, Reg.R1, 1)
                .jump(Cond.LT, Reg.R1, profile.flows(), "more")
                .mov(Reg.R1, 0)
                .label("more")
                .store(Width.DOUBLE, Reg.R7, STATE_FLOW, Reg.R1);
    }

    // R9 = the varying part of the source address, R4 = the source port, both as written.
    private static void source(final BpfAssembler code, final TrafficProfile profile) {
        code.mov(Reg.R9, Reg.R3).alu(Alu.RSH, Reg.R9, PORT_BITS)
                .alu32(Alu.ADD, Reg.R9, profile.varyingAddressBase())
                .toBigEndian(Reg.R9, 32)
                .store(Width.WORD, Reg.R6, profile.varyingAddressOffset(), Reg.R9)
                .mov(Reg.R4, Reg.R3).alu(Alu.AND, Reg.R4, TrafficProfile.PORTS_PER_ADDRESS - 1)
                .alu(Alu.ADD, Reg.R4, TrafficProfile.FIRST_SOURCE_PORT)
                .toBigEndian(Reg.R4, 16)
                .store(Width.HALF, Reg.R6, profile.udpOffset() + UdpLayout.SOURCE_PORT, Reg.R4);
    }

    private static void ipv4Checksum(final BpfAssembler code, final byte[] template) {
        final int ip = EthernetLayout.HEADER_BYTES;
        code.mov(Reg.R1, Reg.R9)
                .alu(Alu.ADD, Reg.R1, sum(template, ip, Ipv4Layout.SOURCE)
                        + sum(template, ip + Ipv4Layout.DESTINATION, Integer.BYTES));
        fold(code, Reg.R1);
        code.alu(Alu.XOR, Reg.R1, 0xFFFF).store(Width.HALF, Reg.R6, ip + Ipv4Layout.CHECKSUM, Reg.R1);
    }

    private static void stamp(final BpfAssembler code, final TrafficProfile profile) {
        final int at = profile.stampOffset();
        if (profile.timestamp()) {
            // Paced, the next frame's due time stands there already.
            code.load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_INTERVAL)
                    .jump(Cond.EQ, Reg.R1, 0, "now")
                    .load(Width.DOUBLE, Reg.R0, Reg.R7, STATE_DUE)
                    .alu(Alu.SUB, Reg.R0, Reg.R1).alu(Alu.RSH, Reg.R0, FRACTION_BITS)
                    .load(Width.DOUBLE, Reg.R1, Reg.R7, STATE_START_NS).alu(Alu.ADD, Reg.R0, Reg.R1)
                    .jump("timed")
                    .label("now").call(Helper.KTIME_GET_NS)
                    .label("timed");
        } else {
            code.mov(Reg.R0, 0);
        }
        code.store(Width.DOUBLE, Reg.R6, at + StampLayout.WORD, Reg.R8)
                .store(Width.DOUBLE, Reg.R6, at + StampLayout.TIME, Reg.R0);
    }

    private static void udpChecksum(final BpfAssembler code, final TrafficProfile profile, final byte[] template) {
        final int udp = profile.udpOffset();
        final int addresses = EthernetLayout.HEADER_BYTES + (profile.v4() ? Ipv4Layout.SOURCE : Ipv6Layout.SOURCE);
        final int varying = profile.varyingAddressOffset();
        // Pseudo-header, ports and length without what varies; the length counts twice, the protocol once.
        final int fixed = sum(template, addresses, varying - addresses)
                + sum(template, varying + Integer.BYTES, udp - varying - Integer.BYTES)
                + sum(template, udp + UdpLayout.DESTINATION_PORT, UdpLayout.HEADER_BYTES - UdpLayout.DESTINATION_PORT)
                + sum(template, udp + UdpLayout.LENGTH, Short.BYTES)
                + sum(new byte[] {0, IpProtocol.UDP}, 0, Short.BYTES);
        code.alu(Alu.ADD, Reg.R9, fixed);
        for (final Reg word : new Reg[] {Reg.R8, Reg.R0}) {
            code.alu32(Alu.MOV, Reg.R1, word).alu(Alu.ADD, Reg.R9, Reg.R1)
                    .alu(Alu.RSH, word, Integer.SIZE).alu(Alu.ADD, Reg.R9, word);
        }
        fold(code, Reg.R9);
        code.alu(Alu.XOR, Reg.R9, 0xFFFF)
                .jump(Cond.NE, Reg.R9, 0, "nonzero")
                .mov(Reg.R9, 0xFFFF) // 0 would mean that there is none (RFC 768)
                .label("nonzero")
                .store(Width.HALF, Reg.R6, udp + UdpLayout.CHECKSUM, Reg.R9);
    }

    /** Folds a sum of less than 2^40 to 16 bits. */
    private static void fold(final BpfAssembler code, final Reg sum) {
        for (int i = 0; i < 3; i++) {
            code.mov(Reg.R2, sum).alu(Alu.RSH, Reg.R2, Short.SIZE).alu(Alu.AND, sum, 0xFFFF).alu(Alu.ADD, sum, Reg.R2);
        }
    }

    private static int sum(final byte[] bytes, final int from, final int length) {
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int sum = 0;
        for (int at = from; at < from + length; at += Short.BYTES) {
            sum += words.getShort(at) & 0xFFFF;
        }
        return sum;
    }
}
