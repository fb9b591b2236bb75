package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import java.util.Arrays;

/**
 * A TCP connection of two hosts that keep to the rules for the most part, and send what does not belong there now and then: again, too early, too
 * late, with flags that nobody sends.
 *
 * <p>Source: RFC 9293, 7323, 2018. Threads: one.
 */
final class TcpFlow extends Flow {

    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int URG = 32;
    private static final int HEADER_BYTES = 20;
    private static final int MOST_DATA = 160;
    private static final int MOST_KEPT = 12;
    private static final int ODD_ONE_IN = 7;

    private TcpEnd nearTcp;
    private TcpEnd farTcp;
    private int clock;

    TcpFlow(final Dice dice) {
        super(dice, Wire.TCP);
        nearTcp = new TcpEnd(dice);
        farTcp = new TcpEnd(dice);
        if (dice.oneIn(8)) {
            // It was there before anybody looked.
            nearTcp.hasSyn = true;
            nearTcp.sawSyn = true;
            farTcp.hasSyn = true;
            farTcp.sawSyn = true;
            nearTcp.expected = farTcp.next;
            farTcp.expected = nearTcp.next;
        }
    }

    @Override
    boolean isOver() {
        return nearTcp.isReset || farTcp.isReset || nearTcp.hasFin && nearTcp.sawFin;
    }

    @Override
    byte[] next(final FlowEnd from) {
        if (isOver() && dice.oneIn(4)) {
            reopen();
        }
        return dice.oneIn(ODD_ONE_IN) ? odd(from, tcp(from)) : usual(from, tcp(from));
    }

    /** The same ports once more; sequence numbers go on, or begin anywhere. */
    private void reopen() {
        final int last = nearTcp.next;
        nearTcp = new TcpEnd(dice);
        farTcp = new TcpEnd(dice);
        if (dice.oneIn(2)) {
            nearTcp.next = last + dice.below(100_000);
        }
    }

    private TcpEnd tcp(final FlowEnd end) {
        return end == near ? nearTcp : farTcp;
    }

    private byte[] usual(final FlowEnd from, final TcpEnd tcp) {
        if (!tcp.hasSyn) {
            if (!tcp.sawSyn && from == far && !dice.oneIn(3)) {
                return null;
            }
            // Without a SYN of the other's, of the far end: both open at once.
            return send(from, tcp, tcp.sawSyn ? SYN | ACK : SYN, 0);
        }
        if (!tcp.sawSyn) {
            return again(from, tcp);
        }
        if (tcp.hasFin) {
            return dice.oneIn(3) ? again(from, tcp) : send(from, tcp, ACK, 0);
        }
        return switch (dice.below(16)) {
            case 0, 1 -> send(from, tcp, FIN | ACK, dice.oneIn(3) ? dice.below(MOST_DATA) : 0);
            case 2 -> dice.oneIn(2) ? send(from, tcp, RST | dice.of(0, ACK), 0) : send(from, tcp, ACK, 0);
            case 3, 4, 5, 6, 7, 8 -> send(from, tcp, ACK, 0);
            default -> send(from, tcp, ACK | dice.of(0, PSH, PSH | URG), 1 + dice.below(MOST_DATA));
        };
    }

    private byte[] odd(final FlowEnd from, final TcpEnd tcp) {
        return switch (dice.below(13)) {
            case 0, 1 -> again(from, tcp);
            case 2 -> segment(from, tcp, tcp.next + far(), ACK | dice.of(0, PSH, FIN), tcp.expected, dice.below(MOST_DATA));
            case 3 -> segment(from, tcp, tcp.next, ACK, tcp.expected + far(), dice.below(MOST_DATA));
            case 4 -> segment(from, tcp, tcp.next + dice.of(0, far()), RST | dice.of(0, ACK), tcp.expected + dice.of(0, far()), 0);
            case 5 -> segment(from, tcp, tcp.next, dice.below(64), tcp.expected, dice.below(20));
            case 6 -> segment(from, tcp, tcp.next, dice.of(0, SYN | FIN, SYN | RST, FIN, PSH, URG, FIN | PSH | URG, 63), tcp.expected, 0);
            case 7 -> segment(from, tcp, dice.of(tcp.next, tcp.next + far(), dice.bits()), SYN, 0, 0);
            case 8 -> segment(from, tcp, dice.of(tcp.next, dice.bits()), SYN | ACK, tcp.expected + dice.of(0, far()), 0);
            // It asks whether anybody is there.
            case 9 -> segment(from, tcp, tcp.next - 1, ACK, tcp.expected, dice.below(2));
            // Lost on the way, all of it.
            case 10 -> {
                usual(from, tcp);
                yield usual(from, tcp);
            }
            case 11 -> {
                final byte[] broken = segment(from, tcp, tcp.next, ACK, tcp.expected, dice.below(30));
                Wire.put8(broken, 12, dice.below(256));
                yield broken;
            }
            default -> {
                final byte[] congested = segment(from, tcp, tcp.next, ACK, tcp.expected, 0);
                Wire.put8(congested, 12, Wire.u8(congested, 12) | dice.below(16));
                Wire.put8(congested, 13, Wire.u8(congested, 13) | dice.of(0x40, 0x80, 0xC0));
                yield congested;
            }
        };
    }

    private int far() {
        final int by = dice.of(1, 1, 100, 1000, 40_000, 70_000, 1 << 20, 1 << 30);
        return dice.oneIn(2) ? by : -by;
    }

    private byte[] again(final FlowEnd from, final TcpEnd tcp) {
        if (tcp.sent.isEmpty()) {
            return segment(from, tcp, tcp.next, ACK, tcp.expected, 0);
        }
        final TcpEnd.Segment one = dice.oneIn(2) ? tcp.sent.getLast() : dice.of(tcp.sent);
        return segment(from, tcp, one.sequence(), one.flags(), (one.flags() & ACK) == 0 ? 0 : tcp.expected, one.bytes());
    }

    private byte[] send(final FlowEnd from, final TcpEnd tcp, final int flags, final int bytes) {
        final byte[] segment = segment(from, tcp, tcp.next, flags, (flags & ACK) == 0 ? 0 : tcp.expected, bytes);
        tcp.sent.add(new TcpEnd.Segment(tcp.next, flags, bytes));
        if (tcp.sent.size() > MOST_KEPT) {
            tcp.sent.removeFirst();
        }
        tcp.next += bytes + ((flags & SYN) != 0 ? 1 : 0) + ((flags & FIN) != 0 ? 1 : 0);
        tcp.hasSyn |= (flags & SYN) != 0;
        tcp.hasFin |= (flags & FIN) != 0;
        tcp.isReset |= (flags & RST) != 0;
        return segment;
    }

    private byte[] segment(final FlowEnd from, final TcpEnd tcp, final int sequence, final int flags, final int acknowledged, final int bytes) {
        final byte[] options = (flags & SYN) != 0 ? opening(tcp) : later(tcp);
        final byte[] header = new byte[HEADER_BYTES + options.length];
        System.arraycopy(options, 0, header, HEADER_BYTES, options.length);
        Wire.put32(header, 4, sequence);
        Wire.put32(header, 8, acknowledged);
        Wire.put8(header, 12, header.length / 4 << 4);
        Wire.put8(header, 13, flags);
        Wire.put16(header, 14, dice.of(29_200, 65_535, 65_535, 1000, 100, 1, 0));
        if ((flags & URG) != 0) {
            Wire.put16(header, 18, dice.below(200));
        }
        final byte[] all = Arrays.copyOf(withData(from, header, 0), header.length + bytes);
        dice.fill(all, header.length, all.length);
        return all;
    }

    private byte[] opening(final TcpEnd tcp) {
        final byte[] options = new byte[40];
        int at = 0;
        if (!dice.oneIn(5)) {
            Wire.put32(options, at, 0x0204_05B4);
            at += 4;
        }
        if (tcp.offersSack) {
            Wire.put32(options, at, 0x0101_0402);
            at += 4;
        }
        if (tcp.offersTimes) {
            at = times(options, at);
        }
        if (tcp.offersScale) {
            Wire.put32(options, at, 0x0103_0300 | dice.of(0, 1, 7, 14, 15, 255));
            at += 4;
        }
        if (dice.oneIn(20)) {
            // An option that is longer than the header.
            Wire.put32(options, at, 0x0101_0800 | dice.below(256));
            at += 4;
        }
        return Arrays.copyOf(options, at);
    }

    private byte[] later(final TcpEnd tcp) {
        final byte[] options = new byte[40];
        int at = 0;
        if (tcp.offersTimes) {
            at = times(options, at);
        }
        if (tcp.offersSack && dice.oneIn(3)) {
            final int blocks = dice.between(1, 2);
            Wire.put32(options, at, 0x0101_0500 | 2 + blocks * 8);
            at += 4;
            for (int i = 0; i < blocks; i++) {
                final int from = tcp.expected + dice.below(300) - 50;
                Wire.put32(options, at, from);
                Wire.put32(options, at + 4, from + dice.below(400));
                at += 8;
            }
        }
        return Arrays.copyOf(options, at);
    }

    private int times(final byte[] options, final int at) {
        Wire.put32(options, at, 0x0101_080A);
        Wire.put32(options, at + 4, clock++);
        Wire.put32(options, at + 8, clock);
        return at + 12;
    }

    @Override
    void saw(final FlowEnd at, final byte[] packet, final int transport) {
        final TcpEnd tcp = tcp(at);
        if (packet.length < transport + HEADER_BYTES) {
            return;
        }
        final int flags = Wire.u8(packet, transport + 13);
        final int sequence = Wire.u32(packet, transport + 4);
        final int header = (Wire.u8(packet, transport + 12) >>> 4) * 4;
        final int bytes = Math.max(0, packet.length - transport - header);
        final int after = sequence + bytes + ((flags & SYN) != 0 ? 1 : 0) + ((flags & FIN) != 0 ? 1 : 0);
        if ((flags & RST) != 0) {
            tcp.isReset |= sequence == tcp.expected || !tcp.sawSyn;
        } else if ((flags & SYN) != 0 && !tcp.sawSyn) {
            tcp.sawSyn = true;
            tcp.expected = after;
        } else if (tcp.sawSyn && after - tcp.expected > 0 && after - tcp.expected < 1 << 16) {
            tcp.expected = after;
            tcp.sawFin |= (flags & FIN) != 0;
        }
    }
}
