package io.penstock.dataplane.ipvs.model;

/** How packets get to a server. */
public enum Forwarding {
    /** Network address translation (masquerading); the server's port may be another than the service's. */
    MASQUERADE("Masq", "-m"),
    /** The server is this host. */
    LOCAL("Local", null),
    /** Within a packet to the server: IPIP, GRE or GUE. */
    TUNNEL("Tunnel", "-i"),
    /** The packet as it came, to the server's link address (direct routing). */
    ROUTE("Route", "-g"),
    /** Both addresses are translated, the source to one of this host's pool: beyond the kernel's methods. */
    FULL("FullNat", "--fullnat");

    private final String shown;
    private final String option;

    Forwarding(final String shown, final String option) {
        this.shown = shown;
        this.option = option;
    }

    /** As a listing names it. */
    public String shown() {
        return shown;
    }

    /** The option that asks for it, or null. */
    public String option() {
        return option;
    }
}
