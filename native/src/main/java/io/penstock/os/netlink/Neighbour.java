package io.penstock.os.netlink;

/**
 * What the kernel knows of a host on a link.
 *
 * @param ip      its address
 * @param ifindex the device that it is reached through
 * @param state   {@code NUD_*}, one bit or 0
 * @param mac     its Ethernet address in the low 48 bits, first byte highest; 0 if none is known
 * @param flags   {@code NTF_*}, and {@code NTF_EXT_*} from bit 16
 */
public record Neighbour(IpAddress ip, int ifindex, int state, long mac, int flags) {

    /** NUD_INCOMPLETE: asked, not answered yet. */
    public static final int INCOMPLETE = 0x01;
    /** NUD_REACHABLE. */
    public static final int REACHABLE = 0x02;
    /** NUD_STALE: usable, but not confirmed for a while. */
    public static final int STALE = 0x04;
    /** NUD_DELAY. */
    public static final int DELAY = 0x08;
    /** NUD_PROBE. */
    public static final int PROBE = 0x10;
    /** NUD_FAILED: it does not answer. */
    public static final int FAILED = 0x20;
    /** NUD_NOARP: needs no resolution, as multicast does. */
    public static final int NOARP = 0x40;
    /** NUD_PERMANENT: set by hand. */
    public static final int PERMANENT = 0x80;

    static final int NTF_USE = 0x01;
    static final int NTF_PROXY = 0x08;
    static final int NTF_EXT_LEARNED = 0x10;
    static final int NTF_ROUTER = 0x80;
    static final int NTF_EXT_MANAGED = 0x01;
    static final int NTF_EXT_VALIDATED = 0x04;
    static final int EXTENDED_SHIFT = 16;

    /** What those who set a neighbour up say of it, and the kernel takes from each request as from them. */
    private static final int SETTINGS = NTF_EXT_LEARNED | (NTF_EXT_MANAGED | NTF_EXT_VALIDATED) << EXTENDED_SHIFT;

    private static final int VALID = REACHABLE | STALE | DELAY | PROBE | NOARP | PERMANENT;

    /** {@link IpAddress#V4} or {@link IpAddress#V6}. */
    public int family() {
        return ip.family();
    }

    /** True if packets may be sent to {@link #mac}. */
    public boolean usable() {
        return (state & VALID) != 0;
    }

    /** True if the kernel was told to keep it resolved. */
    public boolean managed() {
        return (flags & NTF_EXT_MANAGED << EXTENDED_SHIFT) != 0;
    }

    /** The same, but not {@link #managed}. */
    public Neighbour unmanaged() {
        return new Neighbour(ip, ifindex, state, mac, flags & ~(NTF_EXT_MANAGED << EXTENDED_SHIFT));
    }

    /** True if it said that it is a router (IPv6). */
    public boolean router() {
        return (flags & NTF_ROUTER) != 0;
    }

    /** Those of its flags that a request has to repeat, or the kernel clears them. */
    int settings() {
        // The kernel refuses to call a neighbour validated that it has no address of.
        return flags & (usable() ? SETTINGS : SETTINGS & ~(NTF_EXT_VALIDATED << EXTENDED_SHIFT));
    }

    Key key() {
        return new Key(ip, ifindex);
    }

    record Key(IpAddress ip, int ifindex) {
    }
}
