package io.penstock.perf.connections.tcp;

/**
 * What a connection is about.
 *
 * @param objectBytes  of what is asked for; with it come the lines of HTTP in front of it
 * @param transactions on a connection, one after the other, before the client closes it
 */
public record TcpShape(int objectBytes, int transactions) {

    /** The largest object: RFC 9411, section 7.2.3.2, asks for 1 to 64 KiB. */
    public static final int MAX_OBJECT_BYTES = 64 << 10;
    /** Transactions at the most. */
    public static final int MAX_TRANSACTIONS = 1_000;

    /** Checks the numbers. */
    public TcpShape {
        if (objectBytes < 1 || objectBytes > MAX_OBJECT_BYTES || transactions < 1 || transactions > MAX_TRANSACTIONS) {
            throw new IllegalArgumentException("out of range: objectBytes=" + objectBytes + " (1 to " + MAX_OBJECT_BYTES + ") transactions="
                    + transactions + " (1 to " + MAX_TRANSACTIONS + ')');
        }
    }
}
