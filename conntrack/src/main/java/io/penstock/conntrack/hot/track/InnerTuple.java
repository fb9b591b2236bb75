package io.penstock.conntrack.hot.track;

import io.penstock.os.hot.packet.IcmpLayout;
import io.penstock.os.hot.packet.Icmpv6Layout;
import io.penstock.os.hot.packet.Icmpv6RedirectLayout;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Extensions;

/**
 * Finds the packet that an ICMP error quotes, and the keys of the packets that would answer it.
 *
 * <p>How an error finds its connection: {@link #read4} (or {@link #read6}); a look-up of the inverse tuple, with the quoted packet's destination as
 * source, its source as destination, {@link #protocol} and {@link #keys}; then the error's own destination must be the destination of the tuple
 * that was found. The packet is then {@code RELATED} if that was the original tuple and {@code RELATED_REPLY} if it was the reply. Where a step
 * fails the error is invalid.
 *
 * <p>The result is a long:
 *
 * <pre>
 *   63   62                48 47      40 39      32 31              0
 *  +----+--------------------+----------+----------+----------------+
 *  |none|  L4 offset from    | IP offset| protocol | inverse keys   |
 *  |    |  the quoted header | from ICMP|          |                |
 *  +----+--------------------+----------+----------+----------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing behind {@code length} bytes is read.</li>
 *   <li>The quoted packet may be cut behind the part with its keys, 4 bytes for ports; neither its length field nor its checksums count.</li>
 * </ol>
 *
 * <p>Source: nf_conntrack_proto_icmp.c, {@code nf_conntrack_inet_error}; nf_conntrack_core.c, {@code get_l4proto}. As in the
 * kernel, nobody asks a quoted IPv4 header for its version, and one that says it is shorter than 20 bytes has its keys in its own midst.
 */
public final class InnerTuple {

    /** There is no usable quoted packet. */
    public static final long NONE = -1;

    private static final int PROTOCOL_SHIFT = 32;
    private static final int IP_SHIFT = 40;
    private static final int L4_SHIFT = 48;
    private static final long KEYS_MASK = 0xFFFF_FFFFL;

    private InnerTuple() {
    }

    /** What an error of {@code length} bytes at {@code icmp} quotes, or {@link #NONE}. */
    public static long read4(final long icmp, final int length) {
        final long ip = icmp + IcmpLayout.HEADER_BYTES;
        final int left = length - IcmpLayout.HEADER_BYTES;
        if (left < Ipv4Layout.HEADER_BYTES) {
            return NONE;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        if (headerBytes > left || Ipv4Layout.fragmentOffset(ip) != 0) {
            return NONE;
        }
        return read(Ipv4Layout.protocol(ip), ip, headerBytes, left, IcmpLayout.HEADER_BYTES);
    }

    /** What an error or a redirect of {@code length} bytes at {@code icmp} quotes, or {@link #NONE}. */
    public static long read6(final long icmp, final int length) {
        final int offset = Icmpv6Layout.type(icmp) == Icmpv6Layout.REDIRECT
                ? Icmpv6RedirectLayout.HEADER_BYTES + Icmpv6RedirectLayout.REDIRECTED_HEADER_BYTES
                : Icmpv6Layout.HEADER_BYTES;
        final long ip = icmp + offset;
        final int left = length - offset;
        final long walk = Ipv6Extensions.walk(ip, icmp + length);
        if (Ipv6Extensions.isError(walk) || Ipv6Extensions.fragmentOffset(walk) != 0) {
            return NONE;
        }
        return read(Ipv6Extensions.nextHeader(walk), ip, Ipv6Extensions.l4Offset(walk), left, offset);
    }

    /** The quoted packet's transport protocol. */
    public static int protocol(final long result) {
        return (int) (result >>> PROTOCOL_SHIFT) & 0xFF;
    }

    /** The keys of the packets that would answer the quoted one. */
    public static int keys(final long result) {
        return (int) result;
    }

    /** Bytes from the ICMP header to the quoted IP header. */
    public static int ipOffset(final long result) {
        return (int) (result >>> IP_SHIFT) & 0xFF;
    }

    /** Bytes from the quoted IP header to the quoted transport header. */
    public static int l4Offset(final long result) {
        return (int) (result >>> L4_SHIFT);
    }

    private static long read(final int protocol, final long ip, final int l4Offset, final int left, final int ipOffset) {
        final long keys = TupleReader.keys(protocol, ip + l4Offset, left - l4Offset);
        final long inverse = keys == TupleReader.NONE ? TupleReader.NONE : TupleReader.invert(protocol, (int) keys);
        if (inverse == TupleReader.NONE) {
            return NONE;
        }
        return (long) l4Offset << L4_SHIFT | (long) ipOffset << IP_SHIFT | (long) protocol << PROTOCOL_SHIFT | inverse & KEYS_MASK;
    }
}
