package io.penstock.perf.rules;

/**
 * Ports from one to another.
 *
 * @param low  the first
 * @param high the last
 */
public record PortSpan(int low, int high) {

    /** Every port. */
    public static final PortSpan ANY = new PortSpan(0, 0xFFFF);

    /** One port. */
    static PortSpan of(final int port) {
        return new PortSpan(port, port);
    }

    /** Whether it has every port. */
    boolean isAny() {
        return equals(ANY);
    }

    boolean has(final int port) {
        return port >= low && port <= high;
    }

    /** As iptables writes it. */
    String saveText() {
        return low == high ? Integer.toString(low) : low + ":" + high;
    }
}
