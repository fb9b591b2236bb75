package io.penstock.rules.set;

/**
 * An element as a command says it, or as a store tells it: values, and which of them were said. One object for many elements.
 *
 * <p>IPv4 addresses are 32 bits in the low half; IPv6 addresses two words, as numbers: the first byte on the wire is the highest.
 */
public final class SetElement implements Cloneable {

    /** {@link #said}: the (first) address. */
    public static final int IP = 1;
    /** {@link #said}: the end of its range. */
    public static final int IP_TO = 1 << 1;
    /** {@link #said}: its prefix length. */
    public static final int CIDR = 1 << 2;
    /** {@link #said}: the second address. */
    public static final int IP2 = 1 << 3;
    /** {@link #said}: the end of the second range. */
    public static final int IP2_TO = 1 << 4;
    /** {@link #said}: the second prefix length. */
    public static final int CIDR2 = 1 << 5;
    /** {@link #said}: the port; of ICMP, type and code. */
    public static final int PORT = 1 << 6;
    /** {@link #said}: the end of the range of ports. */
    public static final int PORT_TO = 1 << 7;
    /** {@link #said}: the protocol. */
    public static final int PROTO = 1 << 8;
    /** {@link #said}: the packet mark. */
    public static final int MARK = 1 << 9;
    /** {@link #said}: the MAC address. */
    public static final int MAC = 1 << 10;
    /** {@link #said}: the device. */
    public static final int IFACE = 1 << 11;
    /** {@link #said}: the set that is an element. */
    public static final int NAME = 1 << 12;
    /** {@link #said}: the set that it stands before or after. */
    public static final int NAMEREF = 1 << 13;
    /** {@link #said}: the timeout. */
    public static final int TIMEOUT = 1 << 14;
    /** {@link #said}: the packets. */
    public static final int PACKETS = 1 << 15;
    /** {@link #said}: the bytes. */
    public static final int BYTES = 1 << 16;
    /** {@link #said}: the comment. */
    public static final int COMMENT = 1 << 17;
    /** {@link #said}: mark and mask to give packets. */
    public static final int SKBMARK = 1 << 18;
    /** {@link #said}: the priority to give packets. */
    public static final int SKBPRIO = 1 << 19;
    /** {@link #said}: the queue to give packets. */
    public static final int SKBQUEUE = 1 << 20;

    /** Which values were said. */
    public int said;
    /** Of which family the first address is: 4, 6, or 0. */
    public int family;
    /** The address: first half. */
    public long ipHigh;
    /** The address: second half, or all of an IPv4 address. */
    public long ipLow;
    /** The end of its range: first half. */
    public long ipToHigh;
    /** The end of its range: second half. */
    public long ipToLow;
    /** Its prefix length. */
    public int cidr;
    /** The second address: first half. */
    public long ip2High;
    /** The second address: second half. */
    public long ip2Low;
    /** The end of the second range: first half. */
    public long ip2ToHigh;
    /** The end of the second range: second half. */
    public long ip2ToLow;
    /** The second prefix length. */
    public int cidr2;
    /** The port; of ICMP and ICMPv6, the type times 256 and the code. */
    public int port;
    /** The end of the range of ports. */
    public int portTo;
    /** The protocol. */
    public int proto;
    /** The packet mark, unsigned. */
    public long mark;
    /** The MAC address, in the low 48 bits: the first byte on the wire is the highest. */
    public long mac;
    /** The device's name; ISO 8859-1. */
    public String iface;
    /** Whether the device is a bridge's port. */
    public boolean physdev;
    /** Whether {@link #iface} is the beginning of names. */
    public boolean wildcard;
    /** The set that is an element. */
    public String name;
    /** The set that it stands before or after. */
    public String nameref;
    /** Whether before. */
    public boolean before;
    /** Whether it is an exception. */
    public boolean nomatch;
    /** Seconds that it stays; 0 for ever. */
    public long timeout;
    /** Packets counted. */
    public long packets;
    /** Bytes counted. */
    public long bytes;
    /** Its comment; a character is a byte. */
    public String comment;
    /** Mark to give packets. */
    public int skbMark;
    /** In which bits. */
    public int skbMask;
    /** Priority to give packets: major and minor in a half each. */
    public int skbPrio;
    /** Queue to give packets. */
    public int skbQueue;

    /** Whether all of these were said. */
    public boolean says(final int what) {
        return (said & what) == what;
    }

    /** Another one that says the same. */
    public SetElement copy() {
        try {
            return (SetElement) clone();
        } catch (final CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Forgets all. */
    public void clear() {
        said = 0;
        family = 0;
        ipHigh = 0;
        ipLow = 0;
        ipToHigh = 0;
        ipToLow = 0;
        cidr = 0;
        ip2High = 0;
        ip2Low = 0;
        ip2ToHigh = 0;
        ip2ToLow = 0;
        cidr2 = 0;
        port = 0;
        portTo = 0;
        proto = 0;
        mark = 0;
        mac = 0;
        iface = null;
        physdev = false;
        wildcard = false;
        name = null;
        nameref = null;
        before = false;
        nomatch = false;
        timeout = 0;
        packets = 0;
        bytes = 0;
        comment = null;
        skbMark = 0;
        skbMask = 0;
        skbPrio = 0;
        skbQueue = 0;
    }
}
