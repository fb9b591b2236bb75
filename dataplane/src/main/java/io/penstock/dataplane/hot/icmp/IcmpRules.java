package io.penstock.dataplane.hot.icmp;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Which packets may be answered with an error.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing at or past the packet's end is read.</li>
 *   <li>No error answers an error, or what may be one.</li>
 * </ol>
 *
 * <p>Source: RFC 1122, 3.2.2; RFC 1812, 4.3.2.7; RFC 4443, 2.4 (e); net/ipv4/icmp.c __icmp_send; net/ipv6/icmp.c
 * icmp6_send and is_ineligible.
 */
public final class IcmpRules {

    /** ICMP's types above are errors for all that this host knows. */
    private static final int LAST_KNOWN_TYPE = IcmpLayout.MASK_REPLY;
    /** Types that nobody has given a meaning, and the two of router discovery, which no router answers. */
    private static final int TREATED_AS_ERRORS = 1 << 1 | 1 << 2 | 1 << 6 | 1 << 7
            | 1 << IcmpLayout.ROUTER_ADVERTISEMENT | 1 << IcmpLayout.ROUTER_SOLICITATION;

    private static final int MULTICAST_BYTE = 0xFF;
    private static final int FIRST_BYTE_SHIFT = 56;
    /** An option's two upper bits, of which this is what a host does that does not know it (RFC 8200, 4.2). */
    private static final int UNKNOWN_ACTION_MASK = 0xC0;
    private static final int UNKNOWN_ANSWER_MULTICAST_TOO = 0x80;
    private static final int EXTENSION_BASE_BYTES = 2;
    private static final int FRAGMENT_BASE_BYTES = 4;

    private IcmpRules() {
    }

    /**
     * True for a packet that may be answered with an ICMP error: no later fragment, and no ICMP but queries and answers.
     *
     * <p>The caller's: the frame was sent to this host's own MAC address, and the packet's route leads neither to a
     * broadcast nor to a multicast address. A source that cannot be answered is a martian, or has no route.
     *
     * @param bytes bytes of the packet, its whole header included
     */
    public static boolean mayAnswer4(final long ip, final int bytes) {
        if (Ipv4Layout.fragmentOffset(ip) != 0) {
            return false;
        }
        if (Ipv4Layout.protocol(ip) != IpProtocol.ICMP) {
            return true;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        if (bytes <= headerBytes + IcmpLayout.TYPE) {
            return false;
        }
        final int type = IcmpLayout.type(ip + headerBytes);
        return type <= LAST_KNOWN_TYPE && !IcmpLayout.isError(type) && (TREATED_AS_ERRORS >>> type & 1) == 0;
    }

    /**
     * True for a packet that may be answered with an ICMPv6 error.
     *
     * <p>The caller's: the packet's source is no anycast address that this host knows.
     *
     * @param bytes  bytes of the packet
     * @param type   the error's, for what the packets of a multicast group may be answered with
     * @param rest   the error's second word: for a parameter problem the pointer
     * @param toHost the frame was sent to this host's own MAC address
     */
    public static boolean mayAnswer6(
            final long ip, final int bytes, final int type, final int code, final int rest, final boolean toHost) {
        if ((!toHost || isMulticast(Ipv6Layout.destinationHigh(ip))) && !mayAnswerGroup(ip, bytes, type, code, rest)) {
            return false;
        }
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        return !isMulticast(sourceHigh) && (sourceHigh | Ipv6Layout.sourceLow(ip)) != 0 && !holdsError(ip, bytes);
    }

    /** Path MTU discovery works for groups too, and some options ask for an answer when nobody knows them. */
    private static boolean mayAnswerGroup(final long ip, final int bytes, final int type, final int code, final int rest) {
        if (type != Icmpv6Layout.PARAMETER_PROBLEM || code != Icmpv6Layout.CODE_UNKNOWN_OPTION) {
            return type == Icmpv6Layout.PACKET_TOO_BIG;
        }
        final boolean isThere = Integer.compareUnsigned(rest, bytes) < 0;
        return !isThere
                || (Memory.getUnsignedByte(ip + rest) & UNKNOWN_ACTION_MASK) == UNKNOWN_ANSWER_MULTICAST_TOO;
    }

    private static boolean isMulticast(final long high) {
        return high >>> FIRST_BYTE_SHIFT == MULTICAST_BYTE;
    }

    /**
     * True when the extension headers lead to an ICMPv6 error, or to where one would be and nothing is. A chain that ends
     * early or leads to a later fragment hides what it is; it may be answered.
     */
    private static boolean holdsError(final long ip, final int bytes) {
        int next = Ipv6Layout.nextHeader(ip);
        int at = Ipv6Layout.HEADER_BYTES;
        boolean fragment = false;
        // Every header moves on by at least 8 bytes, so the packet's length bounds the walk.
        while (isExtension(next)) {
            if (bytes - at < EXTENSION_BASE_BYTES || next == IpProtocol.NO_NEXT_HEADER) {
                return false;
            }
            final long header = ip + at;
            final int units = Memory.getUnsignedByte(header + 1);
            if (next == IpProtocol.FRAGMENT) {
                if (bytes - at < FRAGMENT_BASE_BYTES) {
                    return false;
                }
                final int word = Ipv6FragmentLayout.offsetFlags(header);
                if ((word & Ipv6FragmentLayout.OFFSET_MASK) != 0) {
                    return false;
                }
                fragment = word != 0;
                at += Ipv6FragmentLayout.HEADER_BYTES;
            } else {
                at += next == IpProtocol.AH ? units + 2 << 2 : units + 1 << 3;
            }
            next = Memory.getUnsignedByte(header);
        }
        if (next != IpProtocol.ICMPV6) {
            return false;
        }
        return at < bytes ? Icmpv6Layout.isError(Icmpv6Layout.type(ip + at)) : !fragment;
    }

    private static boolean isExtension(final int next) {
        return next == IpProtocol.HOP_BY_HOP || next == IpProtocol.ROUTING || next == IpProtocol.FRAGMENT
                || next == IpProtocol.AH || next == IpProtocol.NO_NEXT_HEADER || next == IpProtocol.DESTINATION_OPTIONS;
    }
}
