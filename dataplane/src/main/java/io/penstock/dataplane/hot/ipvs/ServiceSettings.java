package io.penstock.dataplane.hot.ipvs;

/**
 * What decides how virtual services are served: one per namespace.
 *
 * <p>Each field is the sysctl {@code net.ipv4.vs.*} of its name ({@code expireNodestConn} is {@code expire_nodest_conn}), with the kernel's default but
 * for {@code connMax}; a switch is on unless it is 0. The last three are what the defences {@code drop_entry}, {@code drop_packet} and
 * {@code secure_tcp} come to ({@link Defence}).
 *
 * <p>Threads: control threads write, workers read plain; a change is seen by the next batch or the one after.
 *
 * <p>Source: the kernel's Documentation/networking/ipvs-sysctl.rst.
 */
public final class ServiceSettings {

    /** As many connections as a family's table holds; the kernel's bound is 2^30. */
    public static final int MOST_CONNECTIONS = 1 << 25;

    /** Where no server of a mark's service can take a connection, and its destination is not this host, its packets go there. */
    public int cacheBypass;
    /** There are no more connections and clients that stay than these, of both families; with 0 none begins. */
    public int connMax = MOST_CONNECTIONS;
    /** When a client uses ports anew: 0 never has the connection a new server, 1 after its end, 2 also after a client's half of it. Bits. */
    public int connReuseMode = 1;
    /** Connections are tracked too, for rules. */
    public int conntrack;
    /** Connections whose server has gone end with their next packet, instead of waiting for it to come back. */
    public int expireNodestConn;
    /** A client does not stay with a server of weight 0. */
    public int expireQuiescentTemplate;
    /** What comes out of a tunnel that ends here belongs to no service. */
    public int ignoreTunneled;
    /** A server's packet that belongs to no connection is answered with an ICMP error. */
    public int natIcmpSend;
    /** Tunnels do not fragment what must not be: its sender is told. */
    public int pmtuDisc = 1;
    /** An ICMP error may begin a connection: its packet's. */
    public int scheduleIcmp;
    /** Any TCP segment without RST begins a connection. */
    public int sloppyTcp;
    /** Any SCTP packet without ABORT begins an association. */
    public int sloppySctp;

    /** {@code drop_entry} is in force: connections that look abandoned are dropped. */
    public boolean dropsEntries;
    /** {@code drop_packet} is in force: of so many packets that begin connections one is dropped; 0 is none, 1 or less than 0 all. */
    public int dropRate;
    /** {@code secure_tcp} is in force. */
    public boolean isSecure;

    public ServiceSettings() {
    }
}
