package io.penstock.rules.api;

/** The two families that have tables of rules. */
public enum IpFamily {

    /** iptables. */
    IPV4("iptables", 4, Integer.BYTES),
    /** ip6tables. */
    IPV6("ip6tables", 6, 2 * Long.BYTES);

    private final String tool;
    private final int version;
    private final int addressBytes;

    IpFamily(final String tool, final int version, final int addressBytes) {
        this.tool = tool;
        this.version = version;
        this.addressBytes = addressBytes;
    }

    /** The command's name. */
    public String tool() {
        return tool;
    }

    /** 4 or 6. */
    public int version() {
        return version;
    }

    /** Bytes of an address. */
    public int addressBytes() {
        return addressBytes;
    }
}
