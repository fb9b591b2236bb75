package io.penstock.dataplane.judge;

/** Packets for tests. */
final class JudgePackets {

    static final int SENDER = 0x0A000002;
    static final int ROUTER = 0x0A000001;
    static final int RECEIVER = 0x0A010002;

    private JudgePackets() {
    }

    /** An IPv4 packet of protocol UDP with options and so many bytes of zeros. */
    static byte[] ipv4(final int payloadBytes, final int... options) {
        final byte[] packet = new byte[Wire.IPV4_BYTES + options.length + payloadBytes];
        Wire.put8(packet, 0, 0x45 + options.length / 4);
        Wire.put16(packet, 2, packet.length);
        Wire.put8(packet, 8, 64);
        Wire.put8(packet, 9, Wire.UDP);
        Wire.put32(packet, 12, SENDER);
        Wire.put32(packet, 16, RECEIVER);
        for (int i = 0; i < options.length; i++) {
            Wire.put8(packet, Wire.IPV4_BYTES + i, options[i]);
        }
        Wire.checksum4(packet);
        return packet;
    }

    /** The ICMP error of a router about a packet. */
    static byte[] error(final byte[] about, final int type, final int code, final int identification) {
        final byte[] packet = new byte[Wire.IPV4_BYTES + 8 + about.length];
        Wire.put8(packet, 0, 0x45);
        Wire.put16(packet, 2, packet.length);
        Wire.put16(packet, 4, identification);
        Wire.put8(packet, 8, 64);
        Wire.put8(packet, 9, Wire.ICMP);
        Wire.put32(packet, 12, ROUTER);
        Wire.put32(packet, 16, SENDER);
        Wire.put8(packet, 20, type);
        Wire.put8(packet, 21, code);
        System.arraycopy(about, 0, packet, 28, about.length);
        Wire.put16(packet, 22, ~Wire.sum(packet, 20, packet.length, 0));
        Wire.checksum4(packet);
        return packet;
    }

    /** A copy with another byte, and a checksum that fits. */
    static byte[] with(final byte[] packet, final int at, final int value) {
        final byte[] changed = packet.clone();
        Wire.put8(changed, at, value);
        Wire.checksum4(changed);
        return changed;
    }
}
