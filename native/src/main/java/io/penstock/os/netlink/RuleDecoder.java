package io.penstock.os.netlink;

/** Makes a record of RTM_*RULE messages; null for those of other families. */
final class RuleDecoder {

    /** Bytes of struct fib_rule_hdr. */
    static final int RULE_BYTES = 12;

    private static final int FIB_RULE_INVERT = 0x02;

    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_GOTO = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_FLOW = 11;
    private static final int FRA_TUN_ID = 12;
    private static final int FRA_SUPPRESS_IFGROUP = 13;
    private static final int FRA_SUPPRESS_PREFIXLEN = 14;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_PAD = 18;
    private static final int FRA_L3MDEV = 19;
    private static final int FRA_UID_RANGE = 20;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_IP_PROTO = 22;
    private static final int FRA_SPORT_RANGE = 23;
    private static final int FRA_DPORT_RANGE = 24;

    private RuleDecoder() {
    }

    static Rule rule(final NetlinkMessage message) {
        final int family = message.unsignedByte(0);
        if (family != IpAddress.V4 && family != IpAddress.V6) {
            return null;
        }
        IpAddress source = IpAddress.any(family);
        IpAddress destination = source;
        int priority = 0;
        int table = message.unsignedByte(4);
        int target = 0;
        int mark = 0;
        int markMask = 0;
        String input = "";
        String output = "";
        int ipProtocol = 0;
        int sourcePorts = 0;
        int destinationPorts = 0;
        long uids = -1;
        int suppressPrefix = -1;
        int suppressGroup = -1;
        boolean l3Master = false;
        int protocol = 0;
        long other = 0;
        final Attributes attributes = message.attributes(RULE_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case FRA_DST -> destination = attributes.getAddress(family);
                case FRA_SRC -> source = attributes.getAddress(family);
                case FRA_IIFNAME -> input = attributes.getString();
                case FRA_OIFNAME -> output = attributes.getString();
                case FRA_GOTO -> target = attributes.getInt();
                case FRA_PRIORITY -> priority = attributes.getInt();
                case FRA_FWMARK -> mark = attributes.getInt();
                case FRA_FWMASK -> markMask = attributes.getInt();
                case FRA_SUPPRESS_IFGROUP -> suppressGroup = attributes.getInt();
                case FRA_SUPPRESS_PREFIXLEN -> suppressPrefix = attributes.getInt();
                case FRA_TABLE -> table = attributes.getInt();
                case FRA_L3MDEV -> l3Master = attributes.unsignedByte() != 0;
                case FRA_UID_RANGE -> uids = attributes.unsignedInt() << 32 | attributes.getInt(4) & 0xFFFF_FFFFL;
                case FRA_PROTOCOL -> protocol = attributes.unsignedByte();
                case FRA_IP_PROTO -> ipProtocol = attributes.unsignedByte();
                case FRA_SPORT_RANGE -> sourcePorts = attributes.unsignedShort() << 16 | attributes.unsignedShort(2);
                case FRA_DPORT_RANGE -> destinationPorts = attributes.unsignedShort() << 16 | attributes.unsignedShort(2);
                case FRA_PAD -> { }
                // Zero stands for "any" in these two, but not in what later kernels added (a DSCP of 0 is a selector).
                case FRA_FLOW, FRA_TUN_ID -> other = attributes.isZero() ? other : mix(other, attributes);
                default -> other = attributes.type() > FRA_DPORT_RANGE ? mix(other, attributes) : other;
            }
        }
        return new Rule(family, priority, Rule.Action.of(message.unsignedByte(7)), table, target,
                (message.getInt(8) & FIB_RULE_INVERT) != 0,
                source, LinkDecoder.prefixLength(message.unsignedByte(2), source),
                destination, LinkDecoder.prefixLength(message.unsignedByte(1), destination),
                message.unsignedByte(3), mark, markMask, input, output, ipProtocol, sourcePorts, destinationPorts, uids,
                suppressPrefix, suppressGroup, l3Master, protocol, other);
    }

    private static long mix(final long hash, final Attributes attribute) {
        return (hash * 31 + attribute.type()) * 31 + attribute.hash() | 1;
    }
}
