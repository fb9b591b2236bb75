package io.penstock.dataplane.judge;

/**
 * A packet that a port receives.
 *
 * @param port  the port's index
 * @param bytes the packet from its IP header on; nobody changes it
 */
public record Arrival(int port, byte[] bytes) {

    private static final int NIBBLE = 4;

    /** The version that its first byte tells. */
    public int version() {
        return (bytes[0] & 0xFF) >>> NIBBLE;
    }
}
