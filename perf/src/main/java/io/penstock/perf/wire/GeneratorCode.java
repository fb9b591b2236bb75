package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Helper;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The instructions that make the frames of a {@link TrafficProfile}.
 *
 * <p>A mix of sizes: frames are made as long as the longest and cut at the end. A table has, for every frame, its length and the
 * two length fields as they lie in the frame.
 *
 * <p>Checksums are summed over words in the machine's order: a one's complement sum does not care (RFC 1071, section 2 (B)).
 * The word at the end of a frame adds nothing to it.
 * Registers: R6 the frame, R7 the state, R8 the stamp's word, R9 the checksum over what varies.
 */
final class GeneratorCode {

    private static final int PORT_BITS = Integer.numberOfTrailingZeros(TrafficProfile.PORTS_PER_ADDRESS);
    private static final int IP_LENGTH_SHIFT = 16;
    private static final int UDP_LENGTH_SHIFT = 32;
    private static final int HALF_MASK = 0xFFFF;

    private final BpfAssembler code = new BpfAssembler();
    private final TrafficProfile profile;
    private final byte[] template;
    private final boolean mixed;
    /** Where IP's length field is, and its base for the table. */
    private final int ipLength;

    private GeneratorCode(final TrafficProfile profile) {
        this.profile = profile;
        this.template = profile.template();
        this.mixed = !profile.sizes().isSingle();
        this.ipLength = EthernetLayout.HEADER_BYTES + (profile.v4() ? Ipv4Layout.TOTAL_LENGTH : Ipv6Layout.PAYLOAD_LENGTH);
        if (mixed) {
            // They vary: what is summed over the template must not have them.
            ByteBuffer.wrap(template).putShort(ipLength, (short) 0)
                    .putShort(profile.udpOffset() + UdpLayout.LENGTH, (short) 0);
        }
    }

    /** Of the table of sizes, in the order in which frames come. Null when there is one size. */
    static long[] sizeTable(final TrafficProfile profile) {
        if (profile.sizes().isSingle()) {
            return null;
        }
        final int[] bytes = profile.sizes().bytes();
        final int[] order = profile.sizes().order();
        final long[] table = new long[order.length];
        for (int i = 0; i < table.length; i++) {
            final int frame = bytes[order[i]];
            final int udp = frame - profile.udpOffset();
            final int ip = profile.v4() ? frame - EthernetLayout.HEADER_BYTES : udp;
            table[i] = frame | (long) asStored(ip) << IP_LENGTH_SHIFT | (long) asStored(udp) << UDP_LENGTH_SHIFT;
        }
        return table;
    }

    /**
     * The program.
     *
     * @param fromIfindex the device that frames of a run seem to come from
     * @param gaps        the table of gaps, or null
     * @param sizes       the table of sizes, or null
     */
    static BpfAssembler assemble(
            final TrafficProfile profile, final int fromIfindex, final int ifindex, final BpfMap state, final BpfMap gaps,
            final int gapCount, final BpfMap sizes) {
        return new GeneratorCode(profile).assemble(fromIfindex, ifindex, state, gaps, gapCount, sizes);
    }

    private BpfAssembler assemble(
            final int fromIfindex, final int ifindex, final BpfMap state, final BpfMap gaps, final int gapCount,
            final BpfMap sizes) {
        // Of a mix the whole of the longest frame is written to.
        final int checked = mixed || profile.tailOffset(profile.frameBytes()) != 0
                ? profile.frameBytes() : profile.stampOffset() + StampLayout.BYTES;
        PacingCode.enter(code, fromIfindex);
        code.load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R2, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R3, Reg.R6).alu(Alu.ADD, Reg.R3, checked)
                .jump(Cond.GT, Reg.R3, Reg.R2, "bad");
        PacingCode.await(code, state, gaps, gapCount);
        constants(profile.stampOffset());
        next();
        source();
        if (mixed) {
            size(sizes);
        }
        if (profile.v4()) {
            ipv4Checksum();
        }
        code.alu(Alu.ADD, Reg.R9, Reg.R4);
        stamp();
        tail();
        if (profile.udpChecksum()) {
            udpChecksum();
        }
        if (mixed) {
            cut();
        }
        return PacingCode.leave(code, ifindex);
    }

    private void constants(final int bytes) {
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
    private void next() {
        code.load(Width.DOUBLE, Reg.R8, Reg.R7, GeneratorLayout.SEQUENCE)
                .mov(Reg.R1, Reg.R8).alu(Alu.ADD, Reg.R1, 1).store(Width.DOUBLE, Reg.R7, GeneratorLayout.SEQUENCE, Reg.R1)
                .alu(Alu.LSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R8, Long.SIZE - StampLayout.STREAM_SHIFT)
                .loadImm64(Reg.R1, StampLayout.word(profile.stream()))
                .alu(Alu.OR, Reg.R8, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R7, GeneratorLayout.FLOW)
                .mov(Reg.R1, Reg.R3).alu(Alu.ADD, Reg.R1, 1)
                .jump(Cond.LT, Reg.R1, profile.flows(), "flow")
                .mov(Reg.R1, 0)
                .label("flow")
                .store(Width.DOUBLE, Reg.R7, GeneratorLayout.FLOW, Reg.R1);
    }

    // R9 = the varying part of the source address, R4 = the source port, both as written.
    private void source() {
        code.mov(Reg.R9, Reg.R3).alu(Alu.RSH, Reg.R9, PORT_BITS)
                .alu32(Alu.ADD, Reg.R9, profile.varyingAddressBase())
                .toBigEndian(Reg.R9, 32)
                .store(Width.WORD, Reg.R6, profile.varyingAddressOffset(), Reg.R9)
                .mov(Reg.R4, Reg.R3).alu(Alu.AND, Reg.R4, TrafficProfile.PORTS_PER_ADDRESS - 1)
                .alu(Alu.ADD, Reg.R4, TrafficProfile.FIRST_SOURCE_PORT)
                .toBigEndian(Reg.R4, 16)
                .store(Width.HALF, Reg.R6, profile.udpOffset() + UdpLayout.SOURCE_PORT, Reg.R4);
    }

    // The table's entry goes onto the stack, the length fields into the frame; R5 = IP's as it lies there.
    private void size(final BpfMap sizes) {
        PacingCode.next(code, GeneratorLayout.FRAME, profile.sizes().order().length);
        code.alu(Alu.LSH, Reg.R1, 3)
                .loadMapValue(Reg.R2, sizes, 0).alu(Alu.ADD, Reg.R2, Reg.R1)
                .load(Width.DOUBLE, Reg.R3, Reg.R2, 0)
                .store(Width.DOUBLE, Reg.R10, GeneratorLayout.STACK_SIZE, Reg.R3)
                .mov(Reg.R1, Reg.R3).alu(Alu.RSH, Reg.R1, UDP_LENGTH_SHIFT)
                .store(Width.HALF, Reg.R6, profile.udpOffset() + UdpLayout.LENGTH, Reg.R1)
                .mov(Reg.R5, Reg.R3).alu(Alu.RSH, Reg.R5, IP_LENGTH_SHIFT).alu(Alu.AND, Reg.R5, HALF_MASK)
                .store(Width.HALF, Reg.R6, ipLength, Reg.R5);
    }

    private void ipv4Checksum() {
        final int ip = EthernetLayout.HEADER_BYTES;
        code.mov(Reg.R1, Reg.R9)
                .alu(Alu.ADD, Reg.R1, sum(template, ip, Ipv4Layout.SOURCE)
                        + sum(template, ip + Ipv4Layout.DESTINATION, Integer.BYTES));
        if (mixed) {
            code.alu(Alu.ADD, Reg.R1, Reg.R5);
        }
        fold(Reg.R1);
        code.alu(Alu.XOR, Reg.R1, HALF_MASK).store(Width.HALF, Reg.R6, ip + Ipv4Layout.CHECKSUM, Reg.R1);
    }

    private void stamp() {
        final int at = profile.stampOffset();
        if (profile.timestamp()) {
            PacingCode.time(code);
        } else {
            code.mov(Reg.R0, 0);
        }
        code.store(Width.DOUBLE, Reg.R6, at + StampLayout.WORD, Reg.R8)
                .store(Width.DOUBLE, Reg.R6, at + StampLayout.TIME, Reg.R0);
    }

    // The frame may have been a shorter one before: what ended that one is zero again.
    private void tail() {
        if (!mixed) {
            final int at = profile.tailOffset(profile.frameBytes());
            if (at != 0) {
                tailWord(code, Reg.R1, Reg.R2, Reg.R8);
                code.store(Width.DOUBLE, Reg.R6, at, Reg.R1);
            }
            return;
        }
        for (final int bytes : profile.sizes().bytes()) {
            if (profile.tailOffset(bytes) != 0) {
                code.store(Width.DOUBLE, Reg.R6, profile.tailOffset(bytes), 0);
            }
        }
        code.load(Width.DOUBLE, Reg.R1, Reg.R10, GeneratorLayout.STACK_SIZE)
                .alu(Alu.AND, Reg.R1, HALF_MASK)
                .alu(Alu.SUB, Reg.R1, Long.BYTES).alu(Alu.AND, Reg.R1, -Short.BYTES)
                .jump(Cond.LT, Reg.R1, profile.stampOffset() + StampLayout.BYTES, "no_tail")
                .jump(Cond.GT, Reg.R1, TrafficProfile.MAX_FRAME_BYTES, "no_tail") // never: for the verifier
                .alu(Alu.ADD, Reg.R1, Reg.R6)
                .mov(Reg.R2, Reg.R1).alu(Alu.ADD, Reg.R2, Long.BYTES)
                .load(Width.DOUBLE, Reg.R3, Reg.R10, GeneratorLayout.STACK_CONTEXT)
                .load(Width.WORD, Reg.R3, Reg.R3, XdpContext.DATA_END)
                .jump(Cond.GT, Reg.R2, Reg.R3, "bad");
        tailWord(code, Reg.R2, Reg.R3, Reg.R8);
        code.store(Width.DOUBLE, Reg.R1, 0, Reg.R2)
                .label("no_tail");
    }

    /** Makes what ends a frame with that stamp: {@link StampLayout}. */
    static void tailWord(final BpfAssembler code, final Reg to, final Reg scratch, final Reg stamp) {
        code.mov(to, stamp).alu(Alu.XOR, to, -1).alu(Alu.LSH, to, Integer.SIZE)
                .alu32(Alu.MOV, scratch, stamp).alu(Alu.OR, to, scratch);
    }

    private void udpChecksum() {
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
        if (mixed) {
            code.load(Width.DOUBLE, Reg.R1, Reg.R10, GeneratorLayout.STACK_SIZE).alu(Alu.RSH, Reg.R1, UDP_LENGTH_SHIFT)
                    .alu(Alu.ADD, Reg.R9, Reg.R1).alu(Alu.ADD, Reg.R9, Reg.R1);
        }
        for (final Reg word : new Reg[] {Reg.R8, Reg.R0}) {
            code.alu32(Alu.MOV, Reg.R1, word).alu(Alu.ADD, Reg.R9, Reg.R1)
                    .alu(Alu.RSH, word, Integer.SIZE).alu(Alu.ADD, Reg.R9, word);
        }
        fold(Reg.R9);
        code.alu(Alu.XOR, Reg.R9, HALF_MASK)
                .jump(Cond.NE, Reg.R9, 0, "nonzero")
                .mov(Reg.R9, HALF_MASK) // 0 would mean that there is none (RFC 768)
                .label("nonzero")
                .store(Width.HALF, Reg.R6, udp + UdpLayout.CHECKSUM, Reg.R9);
    }

    // All pointers into the frame are lost.
    private void cut() {
        code.load(Width.DOUBLE, Reg.R2, Reg.R10, GeneratorLayout.STACK_SIZE)
                .alu(Alu.AND, Reg.R2, HALF_MASK)
                .alu(Alu.SUB, Reg.R2, profile.frameBytes())
                .jump(Cond.EQ, Reg.R2, 0, "whole")
                .load(Width.DOUBLE, Reg.R1, Reg.R10, GeneratorLayout.STACK_CONTEXT)
                .call(Helper.XDP_ADJUST_TAIL)
                .jump(Cond.NE, Reg.R0, 0, "bad")
                .label("whole");
    }

    /** Folds a sum of less than 2^40 to 16 bits. */
    private void fold(final Reg sum) {
        for (int i = 0; i < 3; i++) {
            code.mov(Reg.R2, sum).alu(Alu.RSH, Reg.R2, Short.SIZE).alu(Alu.AND, sum, HALF_MASK).alu(Alu.ADD, sum, Reg.R2);
        }
    }

    private static int sum(final byte[] bytes, final int from, final int length) {
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int sum = 0;
        for (int at = from; at < from + length; at += Short.BYTES) {
            sum += words.getShort(at) & HALF_MASK;
        }
        return sum;
    }

    /** A field in network order, read in the machine's. */
    private static int asStored(final int value) {
        final ByteBuffer field = ByteBuffer.allocate(Short.BYTES).putShort(0, (short) value);
        return field.order(ByteOrder.nativeOrder()).getShort(0) & HALF_MASK;
    }
}
