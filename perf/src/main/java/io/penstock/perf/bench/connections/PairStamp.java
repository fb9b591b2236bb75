package io.penstock.perf.bench.connections;

import io.penstock.os.bpf.BpfAssembler;
import io.penstock.os.bpf.BpfIsa.Alu;
import io.penstock.os.bpf.BpfIsa.Cond;
import io.penstock.os.bpf.BpfIsa.Reg;
import io.penstock.os.bpf.BpfIsa.Width;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.UdpLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The datagrams of {@link WireTracker}, and how both of its programs know them again: their data begins with the ports that the initiator gave them.
 *
 * <pre>
 *  42             44                  46              50
 * +--------------+-------------------+---------------+
 * | source port  | destination port  | MAGIC, 32 bits| zeros
 * +--------------+-------------------+---------------+
 * </pre>
 *
 * <p>All words are as they lie in the packet: a one's complement sum does not care (RFC 1071, section 2 (B)). Threads: any.
 */
final class PairStamp {

    static final int IP = EthernetLayout.HEADER_BYTES;
    static final int UDP = IP + Ipv4Layout.HEADER_BYTES;
    static final int STAMP = UDP + UdpLayout.HEADER_BYTES;
    static final int MAGIC_AT = STAMP + Integer.BYTES;
    static final int END = MAGIC_AT + Integer.BYTES;
    /** Any value that other packets' data does not begin with. */
    static final int MAGIC = 0x5A_93_4E_96;

    private static final int TTL = 64;
    private static final int LOW = 0xFFFF;

    private PairStamp() {
    }

    /** The initiator's datagram with ports of 0, its UDP checksum 0 and its IP checksum right. */
    static byte[] template(final int frameBytes, final long mac, final long senderMac, final int source, final int destination) {
        final ByteBuffer frame = ByteBuffer.allocate(frameBytes);
        frame.putLong(EthernetLayout.DESTINATION, mac << Short.SIZE);
        frame.putShort(EthernetLayout.SOURCE, (short) (senderMac >>> Integer.SIZE)).putInt(EthernetLayout.SOURCE + Short.BYTES, (int) senderMac);
        frame.putShort(EthernetLayout.ETHER_TYPE, (short) EthernetLayout.TYPE_IPV4);
        frame.put(IP + Ipv4Layout.VERSION_IHL, (byte) Ipv4Layout.VERSION_4_IHL_5);
        frame.putShort(IP + Ipv4Layout.TOTAL_LENGTH, (short) (frameBytes - IP));
        frame.putShort(IP + Ipv4Layout.FRAGMENT, (short) Ipv4Layout.DONT_FRAGMENT);
        frame.put(IP + Ipv4Layout.TTL, (byte) TTL).put(IP + Ipv4Layout.PROTOCOL, (byte) IpProtocol.UDP);
        frame.putInt(IP + Ipv4Layout.SOURCE, source).putInt(IP + Ipv4Layout.DESTINATION, destination);
        final byte[] bytes = frame.array();
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        words.putShort(IP + Ipv4Layout.CHECKSUM, (short) ~folded(sum(bytes, IP, Ipv4Layout.HEADER_BYTES)));
        frame.putShort(UDP + UdpLayout.LENGTH, (short) (frameBytes - UDP));
        words.putInt(MAGIC_AT, MAGIC);
        return bytes;
    }

    /** The sum of all that a template's UDP checksum covers. */
    static int udpSum(final byte[] template) {
        return sum(template, IP + Ipv4Layout.SOURCE, 2 * Integer.BYTES) + sum(new byte[] {0, IpProtocol.UDP}, 0, Short.BYTES)
                + sum(template, UDP + UdpLayout.LENGTH, Short.BYTES) + sum(template, UDP, template.length - UDP);
    }

    /**
     * Leads frames that are not stamped datagrams to a label. R6 becomes the frame, R8 the two ports of its stamp as they lie there.
     *
     * @param label where to go with others
     */
    static void recognise(final BpfAssembler code, final String label) {
        code.load(Width.WORD, Reg.R6, Reg.R1, XdpContext.DATA)
                .load(Width.WORD, Reg.R7, Reg.R1, XdpContext.DATA_END)
                .mov(Reg.R2, Reg.R6).alu(Alu.ADD, Reg.R2, END).jump(Cond.GT, Reg.R2, Reg.R7, label)
                .load(Width.HALF, Reg.R2, Reg.R6, EthernetLayout.ETHER_TYPE).toBigEndian(Reg.R2, Short.SIZE)
                .jump(Cond.NE, Reg.R2, EthernetLayout.TYPE_IPV4, label)
                .load(Width.BYTE, Reg.R2, Reg.R6, IP + Ipv4Layout.VERSION_IHL)
                .jump(Cond.NE, Reg.R2, Ipv4Layout.VERSION_4_IHL_5, label)
                .load(Width.BYTE, Reg.R2, Reg.R6, IP + Ipv4Layout.PROTOCOL)
                .jump(Cond.NE, Reg.R2, IpProtocol.UDP, label)
                .load(Width.WORD, Reg.R2, Reg.R6, MAGIC_AT)
                .jump(Cond.NE, Reg.R2, MAGIC, label)
                .load(Width.WORD, Reg.R8, Reg.R6, STAMP);
    }

    /** R5 becomes the UDP checksum of a datagram whose stamp R8 is, given the sum of its template; R2, R3 are lost. */
    static void checksum(final BpfAssembler code, final int udpSum) {
        // The ports count twice: in the header and in the stamp.
        code.mov(Reg.R5, Reg.R8).alu(Alu.AND, Reg.R5, LOW)
                .mov(Reg.R3, Reg.R8).alu(Alu.RSH, Reg.R3, Short.SIZE).alu(Alu.AND, Reg.R3, LOW)
                .alu(Alu.ADD, Reg.R5, Reg.R3).alu(Alu.LSH, Reg.R5, 1).alu(Alu.ADD, Reg.R5, udpSum);
        for (int i = 0; i < 2; i++) {
            code.mov(Reg.R2, Reg.R5).alu(Alu.RSH, Reg.R2, Short.SIZE).alu(Alu.AND, Reg.R5, LOW).alu(Alu.ADD, Reg.R5, Reg.R2);
        }
        final String nonzero = code.uniqueLabel("nonzero");
        // 0 would mean that there is none (RFC 768).
        code.alu(Alu.XOR, Reg.R5, LOW).jump(Cond.NE, Reg.R5, 0, nonzero).mov(Reg.R5, LOW).label(nonzero);
    }

    private static int folded(final int sum) {
        final int once = (sum & LOW) + (sum >>> Short.SIZE);
        return (once & LOW) + (once >>> Short.SIZE);
    }

    private static int sum(final byte[] bytes, final int from, final int length) {
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int sum = 0;
        int at = from;
        for (; at + 1 < from + length; at += Short.BYTES) {
            sum += words.getShort(at) & LOW;
        }
        // An odd last byte counts as if a zero followed; here it is zero.
        return sum;
    }
}
