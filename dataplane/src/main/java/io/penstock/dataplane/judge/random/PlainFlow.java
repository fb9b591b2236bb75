package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;

/**
 * UDP, UDP-Lite, ICMP's queries, GRE, and protocols that nobody looks into. Source: RFC 768, 792, 2637, 2784, 2890, 3828, 4443. Threads: one.
 */
final class PlainFlow extends Flow {

    static final int GRE = 47;
    private static final int UDP_BYTES = 8;
    private static final int MOST_DATA = 120;
    private static final int ECHO6 = 128;

    private final int request;
    private int sequence;

    PlainFlow(final Dice dice, final int protocol) {
        super(dice, protocol);
        request = protocol == Wire.ICMPV6 ? ECHO6 : dice.oneIn(6) ? dice.of(13, 15, 17) : 8;
    }

    @Override
    byte[] next(final FlowEnd from) {
        return switch (protocol) {
            case Wire.UDP, TransportBytes.UDPLITE -> datagram(from);
            case Wire.ICMP, Wire.ICMPV6 -> query(from);
            case GRE -> gre();
            default -> data(dice.of(0, 1, 3, 8, 40));
        };
    }

    private byte[] datagram(final FlowEnd from) {
        final byte[] all = withData(from, new byte[UDP_BYTES], MOST_DATA);
        final int length = protocol == Wire.UDP ? all.length : dice.of(0, UDP_BYTES, all.length);
        Wire.put16(all, 4, dice.oneIn(40) ? dice.below(1 << 16) : length);
        return all;
    }

    private byte[] query(final FlowEnd from) {
        final byte[] all = data(8 + (request == 17 ? 4 : request == 13 ? 12 : dice.below(64)));
        // An answer is a request's type and one more; with ICMPv4's echo it is 0.
        final int answer = request == 8 ? 0 : request + 1;
        all[0] = (byte) (dice.oneIn(40) ? dice.below(256) : (from == near) == !dice.oneIn(25) ? request : answer);
        all[1] = (byte) (dice.oneIn(30) ? dice.below(4) : 0);
        Wire.put16(all, 4, from.localKey);
        Wire.put16(all, 6, sequence++);
        return all;
    }

    /** Version 0 with and without a key, and version 1, which has call identifiers. */
    private byte[] gre() {
        final byte[] all = data(16 + dice.below(20));
        final boolean isPptp = dice.oneIn(3);
        Wire.put16(all, 0, isPptp ? 0x3001 : dice.of(0, 0x2000, 0xB000));
        Wire.put16(all, 2, isPptp ? 0x880B : 0x0800);
        return all;
    }

    private byte[] data(final int bytes) {
        final byte[] all = new byte[bytes];
        dice.fill(all, 0, bytes);
        return all;
    }
}
