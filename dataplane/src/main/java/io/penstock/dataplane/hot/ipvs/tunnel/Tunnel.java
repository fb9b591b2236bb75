package io.penstock.dataplane.hot.ipvs.tunnel;

/**
 * How packets reach one server within others, ready for the path.
 *
 * @param kind     {@code TunnelSpec.Kind}'s ordinal: {@link #IPIP}, {@link #GUE}, {@link #GRE}
 * @param port     of GUE the destination port
 * @param checksum {@code TunnelSpec.Checksum}'s ordinal: {@link #NONE}, {@link #FULL}, {@link #REMOTE}
 * @param isIpv4   whether the outer packet is IPv4
 * @param high     the server's address; of IPv4 0
 * @param low      its other half; of IPv4 all
 */
public record Tunnel(int kind, int port, int checksum, boolean isIpv4, long high, long low) {

    /** The packet follows the outer header. */
    public static final int IPIP = 0;
    /** Generic UDP encapsulation. */
    public static final int GUE = 1;
    /** Generic routing encapsulation. */
    public static final int GRE = 2;

    /** No checksum over the inner packet. */
    public static final int NONE = 0;
    /** GUE: UDP's; GRE: its own. */
    public static final int FULL = 1;
    /** GUE: UDP's, and the receiver completes a transport checksum that this host's or a neighbour's sender has only begun. */
    public static final int REMOTE = 2;
}
