package io.penstock.dataplane.judge.random;

import io.penstock.dataplane.judge.Wire;
import io.penstock.os.netlink.IpAddress;
import java.util.zip.CRC32C;

/**
 * IP packets of flows, right for the most part.
 *
 * <p>Source: RFC 791, 8200, 9260 appendix A. Threads: one.
 */
final class FlowBytes {

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int PAD_BYTES = 8;
    private static final int SCTP_BYTES = 12;

    private final Dice dice;

    FlowBytes(final Dice dice) {
        this.dice = dice;
    }

    /** A packet of a flow. */
    byte[] packet(final IpAddress source, final IpAddress destination, final int protocol, final byte... transport) {
        final boolean isIpv4 = source.family() == IpAddress.V4;
        final boolean isPadded = !isIpv4 && dice.oneIn(20);
        final int header = isIpv4 ? Wire.IPV4_BYTES : Wire.IPV6_BYTES + (isPadded ? PAD_BYTES : 0);
        final byte[] packet = new byte[header + transport.length];
        System.arraycopy(transport, 0, packet, header, transport.length);
        if (isIpv4) {
            Wire.put8(packet, 0, 0x45);
            Wire.put8(packet, 1, service());
            Wire.put16(packet, 2, packet.length);
            Wire.put16(packet, 4, dice.below(1 << 16));
            Wire.put16(packet, 6, dice.of(0, DONT_FRAGMENT));
            Wire.put8(packet, 8, hops());
            Wire.put8(packet, 9, protocol);
            Wire.put32(packet, 12, source.toInt());
            Wire.put32(packet, 16, destination.toInt());
            checksum(packet, header, protocol);
            Wire.checksum4(packet);
            return packet;
        }
        Wire.put32(packet, 0, 6 << 28 | service() << 20);
        Wire.put16(packet, 4, packet.length - Wire.IPV6_BYTES);
        Wire.put8(packet, 6, isPadded ? DESTINATION_OPTIONS : protocol);
        Wire.put8(packet, 7, hops());
        put(packet, 8, source);
        put(packet, 24, destination);
        if (isPadded) {
            Wire.put8(packet, Wire.IPV6_BYTES, protocol);
            Wire.put8(packet, Wire.IPV6_BYTES + 2, 1);
            Wire.put8(packet, Wire.IPV6_BYTES + 3, 4);
        }
        checksum(packet, header, protocol);
        return packet;
    }

    private int service() {
        return dice.oneIn(8) ? dice.of(0x10, 0x28, 3) : 0;
    }

    private int hops() {
        return dice.oneIn(50) ? dice.of(1, 2) : 64;
    }

    private void checksum(final byte[] packet, final int header, final int protocol) {
        if (protocol == TransportBytes.SCTP) {
            sctp(packet, header);
        } else if (protocol == TransportBytes.UDPLITE) {
            lite(packet, header);
        } else {
            TransportBytes.checksum(packet, header, protocol);
        }
        if (protocol == Wire.UDP && Wire.isIpv4(packet) && dice.oneIn(8)) {
            Wire.put16(packet, header + 6, 0);
        }
        if (dice.oneIn(40) && packet.length > header) {
            // Anything but the right one, wherever it is.
            final int at = header + dice.below(packet.length - header);
            Wire.put8(packet, at, Wire.u8(packet, at) ^ 1 << dice.below(8));
        }
    }

    private static void sctp(final byte[] packet, final int header) {
        if (packet.length < header + SCTP_BYTES) {
            return;
        }
        Wire.put32(packet, header + 8, 0);
        final CRC32C crc = new CRC32C();
        crc.update(packet, header, packet.length - header);
        Wire.put32(packet, header + 8, Integer.reverseBytes((int) crc.getValue()));
    }

    /** Of the bytes that the header says; the pseudo-header has the length of all. */
    private static void lite(final byte[] packet, final int header) {
        final int length = packet.length - header;
        final int covered = Wire.u16(packet, header + 4) == 0 ? length : Math.min(length, Wire.u16(packet, header + 4));
        final int pseudo = Wire.isIpv4(packet) ? Wire.pseudo4(packet, TransportBytes.UDPLITE, length)
                : Wire.pseudo6(packet, TransportBytes.UDPLITE, length);
        Wire.put16(packet, header + 6, 0);
        final int sum = ~Wire.sum(packet, header, header + covered, pseudo) & 0xFFFF;
        Wire.put16(packet, header + 6, sum == 0 ? 0xFFFF : sum);
    }

    private static void put(final byte[] packet, final int at, final IpAddress address) {
        Wire.put64(packet, at, address.high());
        Wire.put64(packet, at + 8, address.low());
    }
}
