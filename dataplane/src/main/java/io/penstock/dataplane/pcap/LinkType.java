package io.penstock.dataplane.pcap;

/**
 * What a captured packet starts with.
 *
 * <p>Source: tcpdump.org, link-layer header types.
 */
public enum LinkType {
    /** An Ethernet header. */
    ETHERNET(1),
    /** An IPv4 or IPv6 header; the version field tells. */
    RAW(101),
    /** An IPv4 header. */
    IPV4(228),
    /** An IPv6 header. */
    IPV6(229);

    private final int code;

    LinkType(final int code) {
        this.code = code;
    }

    /** The number in the file. */
    public int code() {
        return code;
    }

    /** The type of that number, or null when it is none that Penstock reads. */
    static LinkType of(final int code) {
        for (final LinkType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
