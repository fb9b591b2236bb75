package io.penstock.dataplane.ipvs.model;

/**
 * What packets to a server are put into.
 *
 * @param kind     IPIP, GRE or GUE
 * @param port     of GUE the destination port; 0 of others
 * @param checksum of GRE and GUE: the outer checksum
 */
public record TunnelSpec(Kind kind, int port, Checksum checksum) {

    /** As the kernel numbers them ({@code IP_VS_CONN_F_TUNNEL_TYPE_*}). */
    public enum Kind { IPIP, GUE, GRE }

    /** As ipvsadm's {@code --tun-nocsum}, {@code --tun-csum}, {@code --tun-remcsum}. */
    public enum Checksum { NONE, FULL, REMOTE }

    /** ipvsadm's default. */
    public static final TunnelSpec IPIP = new TunnelSpec(Kind.IPIP, 0, Checksum.NONE);
}
