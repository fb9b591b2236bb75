package io.penstock.dataplane.judge;

import io.penstock.os.netlink.IpAddress;

/**
 * A packet that a port receives.
 *
 * @param port  the port's index
 * @param bytes the packet from its IP header on; nobody changes it
 */
public record Arrival(int port, byte[] bytes) {

    private static final int NIBBLE = 4;

    /** The sender's address, or null where there is none. */
    IpAddress source() {
        if (Wire.isIpv4(bytes)) {
            return IpAddress.v4(Wire.u32(bytes, 12));
        }
        return Wire.isIpv6(bytes) ? IpAddress.v6(Wire.u64(bytes, 8), Wire.u64(bytes, 16)) : null;
    }

    /** The version that its first byte tells. */
    public int version() {
        return (bytes[0] & 0xFF) >>> NIBBLE;
    }
}
