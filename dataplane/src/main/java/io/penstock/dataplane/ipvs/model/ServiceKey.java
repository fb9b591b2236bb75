package io.penstock.dataplane.ipvs.model;

import io.penstock.os.netlink.IpAddress;

/**
 * What names a virtual service: address, port and protocol, or a firewall mark.
 *
 * @param family   {@link IpAddress#V4} or {@link IpAddress#V6}
 * @param protocol TCP, UDP or SCTP by number; 0 for a mark
 * @param address  the virtual address; {@link IpAddress#any} for a mark
 * @param port     0 to 65,535; 0 for any port (persistent services alone), and for a mark
 * @param mark     the firewall mark, unsigned; 0 for a service by address
 */
public record ServiceKey(int family, int protocol, IpAddress address, int port, int mark) {

    /** A service by address. */
    public static ServiceKey of(final int protocol, final IpAddress address, final int port) {
        return new ServiceKey(address.family(), protocol, address, port, 0);
    }

    /** A service by mark, other than 0. */
    public static ServiceKey ofMark(final int family, final int mark) {
        return new ServiceKey(family, 0, IpAddress.any(family), 0, mark);
    }

    /** Whether it is by mark. */
    public boolean isMark() {
        return mark != 0;
    }
}
