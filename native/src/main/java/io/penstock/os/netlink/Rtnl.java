package io.penstock.os.netlink;

/** Numbers of netlink and rtnetlink. Source: netlink(7), rtnetlink(7), linux/netlink.h, linux/rtnetlink.h. */
final class Rtnl {

    static final int NETLINK_ROUTE = 0;

    // Message types below NLMSG_MIN_TYPE are netlink's own.
    static final int NLMSG_NOOP = 1;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;
    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;
    static final int RTM_GETRULE = 34;
    static final int RTM_NEWNETCONF = 80;
    static final int RTM_NEWNEXTHOP = 104;
    static final int RTM_DELNEXTHOP = 105;
    static final int RTM_GETNEXTHOP = 106;

    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_CREATE = 0x400;
    static final int NLM_F_APPEND = 0x800;
    static final int NLM_F_CAPPED = 0x100;
    static final int NLM_F_ACK_TLVS = 0x200;

    static final int RTNLGRP_LINK = 1;
    static final int RTNLGRP_NEIGH = 3;
    static final int RTNLGRP_IPV4_IFADDR = 5;
    static final int RTNLGRP_IPV4_ROUTE = 7;
    static final int RTNLGRP_IPV4_RULE = 8;
    static final int RTNLGRP_IPV6_IFADDR = 9;
    static final int RTNLGRP_IPV6_ROUTE = 11;
    static final int RTNLGRP_IPV6_RULE = 19;
    static final int RTNLGRP_IPV4_NETCONF = 24;
    static final int RTNLGRP_IPV6_NETCONF = 25;
    static final int RTNLGRP_NEXTHOP = 32;

    static final int AF_UNSPEC = 0;

    /** Bytes of struct nlmsghdr. */
    static final int MESSAGE_HEADER_BYTES = 16;
    /** Bytes of struct nlattr. */
    static final int ATTRIBUTE_HEADER_BYTES = 4;

    private Rtnl() {
    }

    /** Rounds up to the alignment of messages and attributes. */
    static int align(final int bytes) {
        return (bytes + 3) & ~3;
    }
}
