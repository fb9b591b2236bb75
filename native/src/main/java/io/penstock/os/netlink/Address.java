package io.penstock.os.netlink;

/**
 * An address of a device.
 *
 * @param ip           this host's address
 * @param prefixLength how many bits of it, or of the peer, name the network
 * @param ifindex      the device
 * @param scope        {@code RT_SCOPE_*}: 0 global, 253 link, 254 host
 * @param flags        {@code IFA_F_*}
 * @param peer         the other end's address on a point-to-point link, or null
 * @param broadcast    the network's broadcast address, or null
 */
public record Address(
        IpAddress ip, int prefixLength, int ifindex, int scope, int flags, IpAddress peer, IpAddress broadcast) {

    private static final int IFA_F_SECONDARY = 0x01;
    private static final int IFA_F_DADFAILED = 0x08;
    private static final int IFA_F_DEPRECATED = 0x20;
    private static final int IFA_F_TENTATIVE = 0x40;

    /** {@link IpAddress#V4} or {@link IpAddress#V6}. */
    public int family() {
        return ip.family();
    }

    /** True if another address of the network on this device comes first (IPv4), or it is temporary (IPv6). */
    public boolean secondary() {
        return (flags & IFA_F_SECONDARY) != 0;
    }

    /** True while duplicate address detection has not passed: the address is not to be used. */
    public boolean tentative() {
        return (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
    }

    /** True if it is kept for existing connections only. */
    public boolean deprecated() {
        return (flags & IFA_F_DEPRECATED) != 0;
    }

    /** What tells it from other addresses of the namespace. */
    Key key() {
        return new Key(ip, prefixLength, ifindex, peer);
    }

    record Key(IpAddress ip, int prefixLength, int ifindex, IpAddress peer) {
    }
}
