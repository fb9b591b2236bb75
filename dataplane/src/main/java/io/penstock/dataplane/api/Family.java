package io.penstock.dataplane.api;

/** Protocol families, with the numbers that netfilter gives them ({@code NFPROTO_*}, linux/netfilter.h). */
public enum Family {
    /** Any family; no hook has it. */
    UNSPEC(0),
    /** IPv4 and IPv6 together: registering for it registers for both. */
    INET(1),
    IPV4(2),
    ARP(3),
    /** A device, before any protocol. */
    NETDEV(5),
    BRIDGE(7),
    IPV6(10);

    private final int number;

    Family(final int number) {
        this.number = number;
    }

    /** The number in the kernel's interface. */
    public int number() {
        return number;
    }
}
