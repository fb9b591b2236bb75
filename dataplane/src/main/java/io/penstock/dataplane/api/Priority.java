package io.penstock.dataplane.api;

/**
 * Named priorities ({@code NF_IP_PRI_*}, linux/netfilter_ipv4.h; {@code NF_BR_PRI_*}, linux/netfilter_bridge.h).
 * Functions run in ascending priority; any int is allowed.
 */
public final class Priority {

    public static final int FIRST = Integer.MIN_VALUE;
    public static final int RAW_BEFORE_DEFRAG = -450;
    public static final int CONNTRACK_DEFRAG = -400;
    public static final int RAW = -300;
    public static final int SELINUX_FIRST = -225;
    public static final int CONNTRACK = -200;
    public static final int MANGLE = -150;
    public static final int NAT_DST = -100;
    public static final int FILTER = 0;
    public static final int SECURITY = 50;
    public static final int NAT_SRC = 100;
    public static final int SELINUX_LAST = 225;
    public static final int CONNTRACK_HELPER = 300;
    public static final int CONNTRACK_CONFIRM = Integer.MAX_VALUE;
    public static final int LAST = Integer.MAX_VALUE;

    public static final int BRIDGE_NAT_DST_BRIDGED = -300;
    public static final int BRIDGE_FILTER_BRIDGED = -200;
    public static final int BRIDGE_NETFILTER = 0;
    public static final int BRIDGE_NAT_DST_OTHER = 100;
    public static final int BRIDGE_FILTER_OTHER = 200;
    public static final int BRIDGE_NAT_SRC = 300;

    private Priority() {
    }
}
