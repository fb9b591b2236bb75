package io.penstock.os.netlink;

/** Makes records of RTM_*LINK, RTM_*ADDR and RTM_*NEIGH messages; null for those that are not about what is kept. */
final class LinkDecoder {

    /** Bytes of struct ifinfomsg. */
    static final int IFINFO_BYTES = 16;
    /** Bytes of struct ifaddrmsg. */
    static final int IFADDR_BYTES = 8;
    /** Bytes of struct ndmsg. */
    static final int NEIGHBOUR_BYTES = 12;

    static final int IFLA_IFNAME = 3;
    static final int IFLA_EXT_MASK = 29;
    static final int NDA_DST = 1;
    static final int NDA_FLAGS_EXT = 15;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_WIRELESS = 11;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NUM_TX_QUEUES = 31;
    private static final int IFLA_NUM_RX_QUEUES = 32;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_INFO_KIND = 1;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;

    private static final int NDA_LLADDR = 2;

    private LinkDecoder() {
    }

    static Link link(final NetlinkMessage message) {
        // Bridges announce their ports in the same group with their own family, and only a part of the attributes.
        if (message.unsignedByte(0) != Rtnl.AF_UNSPEC) {
            return null;
        }
        String name = "";
        String kind = "";
        long mac = 0;
        int mtu = 0;
        int rxQueues = 1;
        int txQueues = 1;
        int master = 0;
        int peer = 0;
        int peerNetNs = -1;
        final Attributes attributes = message.attributes(IFINFO_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_IFNAME -> name = attributes.getString();
                case IFLA_ADDRESS -> mac = attributes.getMac();
                case IFLA_MTU -> mtu = attributes.getInt();
                case IFLA_LINK -> peer = attributes.getInt();
                case IFLA_MASTER -> master = attributes.getInt();
                case IFLA_NUM_RX_QUEUES -> rxQueues = attributes.getInt();
                case IFLA_NUM_TX_QUEUES -> txQueues = attributes.getInt();
                case IFLA_LINK_NETNSID -> peerNetNs = attributes.getInt();
                case IFLA_LINKINFO -> kind = kind(attributes.nested());
                // Wireless extensions: an event of its own kind with none of the other attributes.
                case IFLA_WIRELESS -> {
                    return null;
                }
                default -> { }
            }
        }
        return new Link(message.getInt(4), name, mac, mtu, message.getInt(8), rxQueues, txQueues, kind,
                message.unsignedShort(2), master, peer, peerNetNs);
    }

    private static String kind(final Attributes info) {
        while (info.next()) {
            if (info.type() == IFLA_INFO_KIND) {
                return info.getString();
            }
        }
        return "";
    }

    static Address address(final NetlinkMessage message) {
        final int family = message.unsignedByte(0);
        if (family != IpAddress.V4 && family != IpAddress.V6) {
            return null;
        }
        int flags = message.unsignedByte(2);
        IpAddress address = null;
        IpAddress local = null;
        IpAddress broadcast = null;
        final Attributes attributes = message.attributes(IFADDR_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFA_ADDRESS -> address = attributes.getAddress(family);
                case IFA_LOCAL -> local = attributes.getAddress(family);
                case IFA_BROADCAST -> broadcast = attributes.getAddress(family);
                case IFA_FLAGS -> flags = attributes.getInt();
                default -> { }
            }
        }
        // IFA_ADDRESS is the prefix: the peer's address on a point-to-point link, otherwise this host's.
        final IpAddress ip = local == null ? address : local;
        if (ip == null) {
            throw new MalformedMessageException("an address without IFA_ADDRESS and IFA_LOCAL");
        }
        final IpAddress peer = address == null || address.equals(ip) ? null : address;
        return new Address(ip, prefixLength(message.unsignedByte(1), ip), message.getInt(4), message.unsignedByte(3),
                flags, peer, broadcast);
    }

    static Neighbour neighbour(final NetlinkMessage message) {
        final int family = message.unsignedByte(0);
        int flags = message.unsignedByte(10);
        if (family != IpAddress.V4 && family != IpAddress.V6 || (flags & Neighbour.NTF_PROXY) != 0) {
            return null;
        }
        IpAddress ip = null;
        long mac = 0;
        final Attributes attributes = message.attributes(NEIGHBOUR_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NDA_DST -> ip = attributes.getAddress(family);
                case NDA_LLADDR -> mac = attributes.getMac();
                case NDA_FLAGS_EXT -> flags |= attributes.getInt() << Neighbour.EXTENDED_SHIFT;
                default -> { }
            }
        }
        if (ip == null) {
            throw new MalformedMessageException("a neighbour without NDA_DST");
        }
        return new Neighbour(ip, message.getInt(4), message.unsignedShort(8), mac, flags);
    }

    /** A prefix length, checked against the address that it belongs to. */
    static int prefixLength(final int length, final IpAddress address) {
        if (length > address.bits()) {
            throw new MalformedMessageException("prefix length=" + length + " of " + address);
        }
        return length;
    }
}
