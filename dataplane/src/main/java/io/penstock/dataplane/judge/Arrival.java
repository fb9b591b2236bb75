package io.penstock.dataplane.judge;

import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A packet that a port receives.
 *
 * @param port  the port's index
 * @param bytes the packet from its IP header on; nobody changes it
 */
public record Arrival(int port, byte[] bytes) {

    private static final int NIBBLE = 4;
    private static final int FIRST_ADDRESS4 = 12;

    /** The sender's address, or null where there is none. */
    IpAddress source() {
        if (Wire.isIpv4(bytes)) {
            return IpAddress.v4(Wire.u32(bytes, 12));
        }
        return Wire.isIpv6(bytes) ? IpAddress.v6(Wire.u64(bytes, 8), Wire.u64(bytes, 16)) : null;
    }

    /** The sender's, the destination, and whatever may be one in IPv4 options, which route a packet too. */
    List<IpAddress> addresses() {
        final List<IpAddress> all = new ArrayList<>();
        if (Wire.isIpv4(bytes)) {
            final int end = Math.min(bytes.length, Wire.ipv4HeaderBytes(bytes));
            for (int at = FIRST_ADDRESS4; at + Integer.BYTES <= end; at += at < Wire.IPV4_BYTES ? Integer.BYTES : 1) {
                all.add(IpAddress.v4(Wire.u32(bytes, at)));
            }
        } else if (Wire.isIpv6(bytes)) {
            all.add(source());
            all.add(IpAddress.v6(Wire.u64(bytes, 24), Wire.u64(bytes, 32)));
        }
        return all;
    }

    /** The version that its first byte tells. */
    public int version() {
        return (bytes[0] & 0xFF) >>> NIBBLE;
    }
}
