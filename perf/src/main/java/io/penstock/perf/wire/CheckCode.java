package io.penstock.perf.wire;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The instructions by which a sink finds out whether a frame was altered. Registers: R6 the frame, R7 its
 * end, R8 the stamp's word, which stay; R5 the kinds of alterations, which go onto the stack.
 *
 * <p>Of the payload the end is looked at in every frame, and of what lies before it one word in each, another one from frame to
 * frame: what alters payloads is not overlooked for long, and 1518 bytes cost no more than 64.
 */
final class CheckCode {

    /** On the stack: the kinds. */
    static final int STACK_KINDS = -16;

    private static final int IP = EthernetLayout.HEADER_BYTES;
    private static final int HALF_MASK = 0xFFFF;
    /** Covers every length that the sink can meet; for the verifier. */
    private static final int LENGTH_MASK = 0x7FF;
    private static final int WORDS_MASK = LENGTH_MASK & -Long.BYTES;

    private final BpfAssembler code;
    private final ArrivalCheck check;
    private final int ipBytes;
    private final int stampEnd;

    CheckCode(final BpfAssembler code, final ArrivalCheck check) {
        this.code = code;
        this.check = check;
        this.ipBytes = check.v4() ? Ipv4Layout.HEADER_BYTES : Ipv6Layout.HEADER_BYTES;
        this.stampEnd = IP + ipBytes + UdpLayout.HEADER_BYTES + StampLayout.BYTES;
    }

    void check() {
        code.mov(Reg.R5, 0);
        lengths();
        expect(Width.BYTE, IP + (check.v4() ? Ipv4Layout.TTL : Ipv6Layout.HOP_LIMIT), TrafficProfile.TTL - check.routers(),
                Alteration.TTL);
        if (check.v4()) {
            checksum();
        }
        if (check.keepsDestination()) {
            destination();
        }
        if (check.keepsSource()) {
            source();
        }
        payload();
        code.store(Width.DOUBLE, Reg.R10, STACK_KINDS, Reg.R5);
    }

    // IP's length and UDP's must be the frame's, which must be one that was sent.
    private void lengths() {
        code.mov(Reg.R2, Reg.R7).alu(Alu.SUB, Reg.R2, Reg.R6).mov(Reg.R3, Reg.R2);
        if (!check.isCapture()) {
            final String known = code.uniqueLabel("known");
            for (final int bytes : check.profile().sizes().bytes()) {
                code.jump(Cond.EQ, Reg.R3, bytes, known);
            }
            code.alu(Alu.OR, Reg.R5, Alteration.LENGTH.bit()).label(known);
        }
        code.alu(Alu.SUB, Reg.R3, IP);
        if (check.v4()) {
            expect16(IP + Ipv4Layout.TOTAL_LENGTH, Reg.R3);
        }
        code.alu(Alu.SUB, Reg.R3, ipBytes);
        if (!check.v4()) {
            expect16(IP + Ipv6Layout.PAYLOAD_LENGTH, Reg.R3);
        }
        expect16(IP + ipBytes + UdpLayout.LENGTH, Reg.R3);
    }

    private void expect16(final int at, final Reg value) {
        final String equal = code.uniqueLabel("equal");
        code.load(Width.HALF, Reg.R1, Reg.R6, at).toBigEndian(Reg.R1, 16)
                .jump(Cond.EQ, Reg.R1, value, equal)
                .alu(Alu.OR, Reg.R5, Alteration.LENGTH.bit())
                .label(equal);
    }

    // RFC 1071: the header's words and the checksum add up to all ones.
    private void checksum() {
        code.mov(Reg.R1, 0);
        for (int at = IP; at < IP + Ipv4Layout.HEADER_BYTES; at += Integer.BYTES) {
            code.load(Width.WORD, Reg.R2, Reg.R6, at).alu(Alu.ADD, Reg.R1, Reg.R2);
        }
        for (int i = 0; i < 3; i++) {
            code.mov(Reg.R2, Reg.R1).alu(Alu.RSH, Reg.R2, Short.SIZE).alu(Alu.AND, Reg.R1, HALF_MASK)
                    .alu(Alu.ADD, Reg.R1, Reg.R2);
        }
        unlessEqual(HALF_MASK, Alteration.CHECKSUM);
    }

    private void destination() {
        final byte[] address = check.profile().destination();
        final int at = IP + (check.v4() ? Ipv4Layout.DESTINATION : Ipv6Layout.DESTINATION);
        for (int i = 0; i < address.length; i += Integer.BYTES) {
            expectWord(at + i, ByteBuffer.wrap(address).getInt(i));
        }
        expectPort(UdpLayout.DESTINATION_PORT, check.profile().destinationPort());
    }

    // The flow's number says which one they are; of IPv6's address the last four bytes.
    private void source() {
        code.mov(Reg.R4, Reg.R8)
                .alu(Alu.LSH, Reg.R4, Long.SIZE - StampLayout.STREAM_SHIFT)
                .alu(Alu.RSH, Reg.R4, Long.SIZE - StampLayout.STREAM_SHIFT);
        SinkCode.flow(code, Reg.R4, check.flows());
        final int portBits = Integer.numberOfTrailingZeros(TrafficProfile.PORTS_PER_ADDRESS);
        final String address = code.uniqueLabel("address");
        final String port = code.uniqueLabel("port");
        code.load(Width.WORD, Reg.R1, Reg.R6, check.profile().varyingAddressOffset()).toBigEndian(Reg.R1, 32)
                .mov(Reg.R2, Reg.R4).alu(Alu.RSH, Reg.R2, portBits)
                .alu32(Alu.ADD, Reg.R2, check.profile().varyingAddressBase())
                .jump(Cond.EQ, Reg.R1, Reg.R2, address)
                .alu(Alu.OR, Reg.R5, Alteration.ADDRESS.bit())
                .label(address)
                .load(Width.HALF, Reg.R1, Reg.R6, IP + ipBytes + UdpLayout.SOURCE_PORT).toBigEndian(Reg.R1, 16)
                .alu(Alu.AND, Reg.R4, TrafficProfile.PORTS_PER_ADDRESS - 1)
                .alu(Alu.ADD, Reg.R4, TrafficProfile.FIRST_SOURCE_PORT)
                .jump(Cond.EQ, Reg.R1, Reg.R4, port)
                .alu(Alu.OR, Reg.R5, Alteration.PORT.bit())
                .label(port);
    }

    private void payload() {
        if (!check.isCapture() && Arrays.stream(check.profile().sizes().bytes()).allMatch(
                bytes -> check.profile().tailOffset(bytes) == 0)) {
            return;
        }
        // R1 = where the last word starts.
        code.mov(Reg.R1, Reg.R7).alu(Alu.SUB, Reg.R1, Reg.R6)
                .alu(Alu.SUB, Reg.R1, Long.BYTES)
                .alu(Alu.AND, Reg.R1, LENGTH_MASK & -Short.BYTES)
                .jump(Cond.LT, Reg.R1, stampEnd, "checked");
        word(Reg.R1);
        GeneratorCode.tailWord(code, Reg.R3, Reg.R4, Reg.R8);
        code.jump(Cond.NE, Reg.R2, Reg.R3, "payload");
        if (!check.isCapture()) {
            // R2 = another word, before that one; a multiple of eight from the stamp's end.
            code.mov(Reg.R3, Reg.R8).alu(Alu.LSH, Reg.R3, 3).alu(Alu.AND, Reg.R3, WORDS_MASK).alu(Alu.ADD, Reg.R3, stampEnd)
                    .mov(Reg.R4, Reg.R3).alu(Alu.ADD, Reg.R4, Long.BYTES)
                    .jump(Cond.GT, Reg.R4, Reg.R1, "checked");
            word(Reg.R3);
            code.jump(Cond.EQ, Reg.R2, 0, "checked");
        } else {
            code.jump("checked");
        }
        code.label("payload").alu(Alu.OR, Reg.R5, Alteration.PAYLOAD.bit())
                .label("checked");
    }

    // R2 = the word of the frame at that offset; R0 and R4 are lost.
    private void word(final Reg offset) {
        code.mov(Reg.R2, offset).alu(Alu.ADD, Reg.R2, Reg.R6)
                .mov(Reg.R4, Reg.R2).alu(Alu.ADD, Reg.R4, Long.BYTES)
                .jump(Cond.GT, Reg.R4, Reg.R7, "checked") // never: for the verifier
                .load(Width.DOUBLE, Reg.R2, Reg.R2, 0);
    }

    private void expectWord(final int at, final int value) {
        final String equal = code.uniqueLabel("equal");
        code.load(Width.WORD, Reg.R1, Reg.R6, at).toBigEndian(Reg.R1, 32)
                .jump32(Cond.EQ, Reg.R1, value, equal)
                .alu(Alu.OR, Reg.R5, Alteration.ADDRESS.bit())
                .label(equal);
    }

    private void expectPort(final int at, final int value) {
        code.load(Width.HALF, Reg.R1, Reg.R6, IP + ipBytes + at).toBigEndian(Reg.R1, 16);
        unlessEqual(value, Alteration.PORT);
    }

    private void expect(final Width width, final int at, final int value, final Alteration kind) {
        code.load(width, Reg.R1, Reg.R6, at);
        unlessEqual(value, kind);
    }

    private void unlessEqual(final int value, final Alteration kind) {
        final String equal = code.uniqueLabel("equal");
        code.jump(Cond.EQ, Reg.R1, value, equal).alu(Alu.OR, Reg.R5, kind.bit()).label(equal);
    }
}
