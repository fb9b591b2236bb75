package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Arrival;
import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * IPv6 packets that try a set-up: valid ones of all kinds to every edge of what it speaks of, and damaged ones.
 *
 * <p>Source: RFC 4291, 4443, 8200. Threads: one.
 */
final class Packets6 {

    /** Destinations and sources that are special to everybody. */
    private static final List<IpAddress> SPECIAL = List.of("::", "::1", "::2", "::ffff:10.0.0.1", "::10.0.0.1", "ff02::1",
            "ff02::2", "ff02::5", "ff01::1", "ff05::2", "ff0e::1234", "fe80::1", "fe80::ff:fe00:1", "fec0::1", "2002:a00:1::1",
            "64:ff9b::a00:1", "100::1", "2001::1", "4000::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").stream()
            .map(IpAddress::parse).toList();

    private static final int VERSION = 6 << 28;
    private static final int MAX_PACKET = 0xFFFF;
    private static final int NO_NEXT_HEADER = 59;

    /** Packets are cut more often where headers are. */
    private static final int SHORT_BYTES = 100;

    private final Dice dice;
    private final Setup6 setup;
    private final int ports;
    private final int[] mtus;
    private final Extensions6 extensions;

    Packets6(final Dice dice, final Setup6 setup, final int ports, final int... mtus) {
        this.dice = dice;
        this.setup = setup;
        this.ports = ports;
        this.mtus = mtus;
        this.extensions = new Extensions6(dice, this::destination);
    }

    Arrival next() {
        final int port = dice.below(ports);
        final byte[] packet = valid(port);
        return new Arrival(port, dice.oneIn(6) ? damaged(packet) : packet);
    }

    private byte[] valid(final int port) {
        final int protocol = dice.oneIn(12) ? dice.of(NO_NEXT_HEADER, 4, 41, 47, 132, 253, dice.below(256))
                : dice.of(Wire.ICMPV6, Wire.UDP, Wire.UDP, Wire.TCP);
        final List<byte[]> headers = new ArrayList<>();
        final int first = dice.oneIn(3) ? extensions.chain(headers, protocol) : protocol;
        final int extensionBytes = headers.stream().mapToInt(h -> h.length).sum();
        final int header = Wire.IPV6_BYTES + extensionBytes;
        final byte[] packet = new byte[Math.min(MAX_PACKET, header + payloadBytes(header))];
        Wire.put32(packet, 0, VERSION | (dice.oneIn(4) ? dice.bits() >>> 4 : 0));
        Wire.put16(packet, 4, packet.length - Wire.IPV6_BYTES);
        Wire.put8(packet, 6, first);
        Wire.put8(packet, 7, dice.oneIn(2) ? 64 : dice.of(0, 1, 1, 2, 2, 3, 64, 255));
        put(packet, 8, source(port));
        put(packet, 24, destination());
        int at = Wire.IPV6_BYTES;
        for (final byte[] extension : headers) {
            System.arraycopy(extension, 0, packet, at, extension.length);
            at += extension.length;
        }
        payload(packet, header, protocol);
        return packet;
    }

    private int payloadBytes(final int header) {
        if (dice.oneIn(6)) {
            return Math.max(0, dice.of(mtus) - header + dice.between(-9, 9));
        }
        return dice.oneIn(40) ? dice.below(MAX_PACKET - header) : dice.oneIn(6) ? dice.below(12) : dice.between(8, 200);
    }

    private IpAddress source(final int port) {
        if (dice.oneIn(16)) {
            return dice.of(SPECIAL);
        }
        final List<Prefix6> near = setup.links.get(port);
        if (near.isEmpty() || dice.oneIn(3)) {
            return destination();
        }
        return dice.oneIn(2) ? dice.of(near).any(dice) : dice.of(near).host(dice);
    }

    private IpAddress destination() {
        if (dice.oneIn(14)) {
            return dice.of(SPECIAL);
        }
        if (!setup.own.isEmpty() && dice.oneIn(12)) {
            return dice.of(setup.own);
        }
        if (setup.prefixes.isEmpty() || dice.oneIn(15)) {
            return IpAddress.v6(dice.longBits() >>> 3 | 1L << 61, dice.longBits());
        }
        final Prefix6 prefix = dice.of(setup.prefixes);
        return switch (dice.below(9)) {
            case 0 -> prefix.first();
            case 1 -> prefix.last();
            case 2 -> prefix.beside(false);
            case 3 -> prefix.beside(true);
            case 4 -> prefix.host(dice);
            default -> prefix.any(dice);
        };
    }

    private void payload(final byte[] packet, final int header, final int protocol) {
        final int length = packet.length - header;
        dice.fill(packet, header, packet.length);
        final int checksum = switch (protocol) {
            case Wire.ICMPV6 -> 2;
            case Wire.UDP -> 6;
            case Wire.TCP -> 16;
            default -> -1;
        };
        if (checksum < 0 || length < checksum + 2) {
            return;
        }
        if (protocol == Wire.ICMPV6) {
            Wire.put8(packet, header, dice.oneIn(3)
                    ? dice.of(1, 2, 3, 4, 5, 100, 127, 130, 131, 133, 134, 135, 136, 137, 143, 200, 255) : dice.of(128, 129));
            Wire.put8(packet, header + 1, dice.oneIn(3) ? dice.below(10) : 0);
        } else if (protocol == Wire.UDP) {
            Wire.put16(packet, header + 4, length);
        }
        Wire.put16(packet, header + checksum, 0);
        Wire.put16(packet, header + checksum,
                ~Wire.sum(packet, header, packet.length, Wire.pseudo6(packet, protocol, length)));
    }

    private byte[] damaged(final byte... packet) {
        byte[] bad = packet.clone();
        switch (dice.below(7)) {
            case 0 -> Wire.put16(bad, 4, dice.oneIn(2) ? dice.below(1 << 16) : bad.length - 40 + dice.between(-25, 25));
            case 1 -> Wire.put16(bad, 4, 0);
            case 2 -> bad = Arrays.copyOf(bad, dice.between(1, dice.oneIn(2) ? Math.min(bad.length, SHORT_BYTES) : bad.length));
            case 3 -> bad = Arrays.copyOf(bad, bad.length + dice.between(1, 30));
            case 4 -> bad[dice.below(bad.length)] ^= (byte) (1 << dice.below(8));
            case 5 -> Wire.put8(bad, 6, dice.below(256));
            default -> {
                final int from = dice.below(bad.length);
                dice.fill(bad, from, Math.min(bad.length, from + dice.between(1, 8)));
            }
        }
        if (Wire.version(bad) == 4 || !dice.oneIn(4)) {
            Wire.put8(bad, 0, 0x60 | bad[0] & 0xF);
        }
        return bad;
    }

    private static void put(final byte[] packet, final int at, final IpAddress address) {
        Wire.put64(packet, at, address.high());
        Wire.put64(packet, at + 8, address.low());
    }
}
