package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.Wire;
import java.util.Arrays;
import java.util.List;

/**
 * IPv4 packets that try a set-up: valid ones of all kinds to every edge of what it speaks of, and damaged ones.
 *
 * <p>Source: RFC 791, 792, 1122, 1812. Threads: one.
 */
final class Packets4 {

    /** Destinations and sources that are special to everybody. */
    private static final int[] SPECIAL = {
        0, Prefix4.address(0, 1, 2, 3), Prefix4.address(127, 0, 0, 1), Prefix4.address(127, 9, 8, 7),
        Prefix4.address(224, 0, 0, 1), Prefix4.address(224, 0, 0, 5), Prefix4.address(239, 1, 2, 3),
        Prefix4.address(240, 0, 0, 1), Prefix4.address(255, 255, 255, 254), -1, Prefix4.address(169, 254, 3, 4),
        Prefix4.address(8, 8, 8, 8), Prefix4.address(1, 0, 0, 1), Prefix4.address(223, 255, 255, 255),
        Prefix4.address(128, 0, 0, 0), Prefix4.address(126, 255, 255, 255)};

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;
    private static final int RESERVED_FLAG = 0x8000;
    private static final int MAX_TOTAL = 0xFFFF;

    /** Packets are cut more often where headers are. */
    private static final int SHORT_BYTES = 100;

    private final Dice dice;
    private final Setup4 setup;
    private final int ports;
    private final int[] mtus;
    private final Options4 options;

    Packets4(final Dice dice, final Setup4 setup, final int ports, final int... mtus) {
        this.dice = dice;
        this.setup = setup;
        this.ports = ports;
        this.mtus = mtus;
        this.options = new Options4(dice, this::destination);
    }

    Arrival next() {
        final int port = dice.below(ports);
        byte[] packet = valid(port);
        if (dice.oneIn(5)) {
            packet = damaged(packet);
        }
        return new Arrival(port, packet);
    }

    private byte[] valid(final int port) {
        final byte[] optionBytes = dice.oneIn(4) ? options.next() : new byte[0];
        final int header = Wire.IPV4_BYTES + optionBytes.length;
        final int protocol = dice.oneIn(12) ? dice.below(256) : dice.of(Wire.ICMP, Wire.UDP, Wire.UDP, Wire.TCP);
        final byte[] packet = new byte[Math.min(MAX_TOTAL, header + payloadBytes(header))];
        Wire.put8(packet, 0, 0x40 | header / 4);
        Wire.put8(packet, 1, dice.oneIn(4) ? dice.below(256) : 0);
        Wire.put16(packet, 2, packet.length);
        Wire.put16(packet, 4, dice.oneIn(4) ? 0 : dice.below(1 << 16));
        Wire.put16(packet, 6, fragment());
        Wire.put8(packet, 8, dice.oneIn(2) ? 64 : dice.of(0, 1, 1, 2, 2, 3, 64, 255));
        Wire.put8(packet, 9, protocol);
        Wire.put32(packet, 12, source(port));
        Wire.put32(packet, 16, destination());
        System.arraycopy(optionBytes, 0, packet, Wire.IPV4_BYTES, optionBytes.length);
        payload(packet, header, protocol);
        Wire.checksum4(packet);
        return packet;
    }

    private int payloadBytes(final int header) {
        if (dice.oneIn(6)) {
            return Math.max(0, dice.of(mtus) - header + dice.between(-9, 9));
        }
        return dice.oneIn(40) ? dice.below(MAX_TOTAL - header) : dice.oneIn(6) ? dice.below(12) : dice.between(8, 200);
    }

    private int fragment() {
        if (!dice.oneIn(5)) {
            return dice.oneIn(2) ? DONT_FRAGMENT : 0;
        }
        return switch (dice.below(6)) {
            case 0 -> MORE_FRAGMENTS;
            case 1 -> dice.of(1, 2, 185, 0x1FFF);
            case 2 -> MORE_FRAGMENTS | dice.of(1, 2, 185, 0x1FFF);
            case 3 -> RESERVED_FLAG;
            case 4 -> DONT_FRAGMENT | MORE_FRAGMENTS;
            default -> dice.below(1 << 16);
        };
    }

    private int source(final int port) {
        if (dice.oneIn(20)) {
            return dice.of(SPECIAL);
        }
        final List<Prefix4> near = setup.links.get(port);
        return near.isEmpty() || dice.oneIn(3) ? destination() : dice.of(near).any(dice);
    }

    int destination() {
        if (dice.oneIn(14)) {
            return dice.of(SPECIAL);
        }
        if (!setup.own.isEmpty() && dice.oneIn(12)) {
            return dice.of(setup.own);
        }
        if (setup.prefixes.isEmpty() || dice.oneIn(15)) {
            return dice.bits();
        }
        final Prefix4 prefix = dice.of(setup.prefixes);
        return switch (dice.below(9)) {
            case 0 -> prefix.first();
            case 1 -> prefix.last();
            case 2 -> prefix.first() - 1;
            case 3 -> prefix.last() + 1;
            default -> prefix.any(dice);
        };
    }

    private void payload(final byte[] packet, final int header, final int protocol) {
        final int length = packet.length - header;
        dice.fill(packet, header, packet.length);
        switch (protocol) {
            case Wire.ICMP -> icmp(packet, header, length);
            case Wire.UDP -> udp(packet, header, length);
            case Wire.TCP -> tcp(packet, header, length);
            default -> {
                // Random bytes are as good as any.
            }
        }
    }

    private void icmp(final byte[] packet, final int header, final int length) {
        if (length < 8) {
            return;
        }
        Wire.put8(packet, header, dice.oneIn(3)
                ? dice.of(3, 4, 5, 11, 12, 1, 2, 9, 10, 13, 17, 18, 19, 40, 42, 255) : dice.of(0, 8));
        Wire.put8(packet, header + 1, dice.oneIn(3) ? dice.below(20) : 0);
        Wire.put16(packet, header + 2, 0);
        Wire.put16(packet, header + 2, ~Wire.sum(packet, header, packet.length, 0));
    }

    private void udp(final byte[] packet, final int header, final int length) {
        if (length < 8) {
            return;
        }
        Wire.put16(packet, header + 4, length);
        Wire.put16(packet, header + 6, 0);
        if (!dice.oneIn(8)) {
            final int sum = ~Wire.sum(packet, header, packet.length, Wire.pseudo4(packet, Wire.UDP, length)) & 0xFFFF;
            Wire.put16(packet, header + 6, sum == 0 ? 0xFFFF : sum);
        }
    }

    private void tcp(final byte[] packet, final int header, final int length) {
        if (length < 20) {
            return;
        }
        Wire.put8(packet, header + 12, dice.oneIn(8) ? dice.below(256) : 0x50);
        Wire.put16(packet, header + 16, 0);
        Wire.put16(packet, header + 16,
                ~Wire.sum(packet, header, packet.length, Wire.pseudo4(packet, Wire.TCP, length)));
    }

    private byte[] damaged(final byte... packet) {
        byte[] bad = packet.clone();
        switch (dice.below(8)) {
            case 0 -> Wire.put8(bad, 0, 0x40 | dice.below(16));
            case 1 -> Wire.put16(bad, 2, dice.oneIn(2) ? dice.below(1 << 16) : bad.length + dice.between(-25, 25));
            case 2 -> bad = Arrays.copyOf(bad, dice.between(1, dice.oneIn(2) ? Math.min(bad.length, SHORT_BYTES) : bad.length));
            case 3 -> bad = Arrays.copyOf(bad, bad.length + dice.between(1, 30));
            case 4 -> {
                Wire.put16(bad, 10, dice.below(1 << 16));
                return bad;
            }
            case 5 -> bad[dice.below(bad.length)] ^= (byte) (1 << dice.below(8));
            case 6 -> dice.fill(bad, 0, Math.min(bad.length, Wire.IPV4_BYTES));
            default -> {
                final int from = dice.below(bad.length);
                dice.fill(bad, from, Math.min(bad.length, from + dice.between(1, 8)));
            }
        }
        if (bad.length > 0 && dice.oneIn(10)) {
            return bad;
        }
        if (Wire.version(bad) == 4 || !dice.oneIn(4)) {
            Wire.put8(bad, 0, 0x40 | bad[0] & 0xF);
        }
        Wire.checksum4(bad);
        return bad;
    }
}
