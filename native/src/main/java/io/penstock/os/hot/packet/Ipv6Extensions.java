package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * Finds what the IPv6 extension headers lead to.
 *
 * <pre>
 *  options, routing:   | next header | 8-byte units - 1 |  ...
 *  fragment:           | next header |     reserved     | offset:13, reserved:2, more:1 |  identification (32 bits)  |
 *  authentication:     | next header | 4-byte units - 2 |  ...
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>No byte at or past {@code end} is read, whatever the packet says.</li>
 *   <li>At most {@link #MAX_HEADERS} headers are walked.</li>
 *   <li>A result that is no error has its L4 offset at or before {@code end}; whether an L4 header is there is for the
 *       caller to check.</li>
 * </ol>
 *
 * <p>The result is a long, negative for an error:
 *
 * <pre>
 *   63      56 55             40 39             24 23              8 7        0
 *  +----------+-----------------+-----------------+-----------------+----------+
 *  |    0     |  offset, more   | fragment header |    L4 offset    |   next   |
 *  |          |  as in header   |  offset, or 0   |                 |  header  |
 *  +----------+-----------------+-----------------+-----------------+----------+
 * </pre>
 *
 * <p>Both offsets count bytes from the start of the IPv6 header; eight headers of 2,048 bytes keep them below 16,425. Behind
 * a fragment header with an offset other than 0 lies the middle of something: the walk stops there, next header is what
 * the fragment header says, and the L4 offset is that of the fragment's data.
 *
 * <p>The mobility header ends the walk: netfilter matches it as a protocol ({@code -p mobility-header}), and nothing may
 * follow it (RFC 6275, 6.1.1). So does ESP, behind which all is cipher text.
 *
 * <p>Source: RFC 8200, 4; RFC 4302, 2.2 (authentication header); the kernel's {@code ipv6_skip_exthdr}. Differs from
 * Linux: a second fragment header, more than {@link #MAX_HEADERS} headers, and an authentication header shorter than its
 * fixed part are errors.
 */
public final class Ipv6Extensions {

    /**
     * Headers that are walked. RFC 8200, 4.1 gives an order that has six of these kinds, two to spare. Lower refuses packets
     * that the RFC allows; higher sells a sender more dependent loads a packet, up to 182 in a frame of 1,500 bytes.
     */
    public static final int MAX_HEADERS = 8;

    /** A header leaves the packet, as in a first fragment without its whole header chain (RFC 7112). */
    public static final long ERROR_TRUNCATED = -1;
    /** There are more than {@link #MAX_HEADERS} headers. */
    public static final long ERROR_TOO_MANY_HEADERS = -2;
    /** An authentication header is shorter than its fixed part. */
    public static final long ERROR_BAD_LENGTH = -3;
    /** A fragment header follows another: receivers do not agree about where L4 starts. */
    public static final long ERROR_REPEATED_FRAGMENT = -4;

    /** The shortest extension header. */
    private static final int MIN_BYTES = 8;
    private static final int FRAGMENT_BYTES = 8;
    private static final int FRAGMENT_WORD = 2;
    private static final int FRAGMENT_OFFSET_MASK = 0xFFF8;

    private static final int L4_SHIFT = 8;
    private static final int FRAGMENT_HEADER_SHIFT = 24;
    private static final int FRAGMENT_WORD_SHIFT = 40;

    private static final long WALKED = 1L << IpProtocol.HOP_BY_HOP | 1L << IpProtocol.ROUTING | 1L << IpProtocol.FRAGMENT
            | 1L << IpProtocol.AH | 1L << IpProtocol.DESTINATION_OPTIONS;

    private Ipv6Extensions() {
    }

    /**
     * Walks from the fixed header at {@code ip} to L4.
     *
     * @param ip  the fixed header
     * @param end the first address behind the packet
     * @return a result for the accessors below, or one of the errors
     */
    public static long walk(final long ip, final long end) {
        if (end - ip < Ipv6Layout.HEADER_BYTES) {
            return ERROR_TRUNCATED;
        }
        final int next = Ipv6Layout.nextHeader(ip);
        return isWalked(next) ? walkSlow(ip, end, next) : (long) Ipv6Layout.HEADER_BYTES << L4_SHIFT | next;
    }

    /** True for the headers that {@link #walk} goes past. */
    public static boolean isWalked(final int nextHeader) {
        return nextHeader < 64 && (WALKED >>> nextHeader & 1) != 0;
    }

    public static boolean isError(final long result) {
        return result < 0;
    }

    /** What the last header says comes next; one of {@link IpProtocol}. */
    public static int nextHeader(final long result) {
        return (int) result & 0xFF;
    }

    /** Where it starts, in bytes from the IPv6 header. */
    public static int l4Offset(final long result) {
        return (int) (result >>> L4_SHIFT) & 0xFFFF;
    }

    /** Where the fragment header starts, in bytes from the IPv6 header, or 0 without one. */
    public static int fragmentHeaderOffset(final long result) {
        return (int) (result >>> FRAGMENT_HEADER_SHIFT) & 0xFFFF;
    }

    /** The fragment's offset in bytes: 0 in the first one and without a fragment header. */
    public static int fragmentOffset(final long result) {
        return (int) (result >>> FRAGMENT_WORD_SHIFT) & FRAGMENT_OFFSET_MASK;
    }

    /** True when the fragment header says that more follow. */
    public static boolean moreFragments(final long result) {
        return (result >>> FRAGMENT_WORD_SHIFT & 1) != 0;
    }

    /** True for a first, middle or last fragment; false for an atomic one (RFC 6946), which is whole. */
    public static boolean isFragment(final long result) {
        return (result >>> FRAGMENT_WORD_SHIFT & (FRAGMENT_OFFSET_MASK | 1)) != 0;
    }

    /** The identification in the fragment header at {@code fragmentHeader}. */
    public static int fragmentId(final long fragmentHeader) {
        return Memory.getIntBE(fragmentHeader + 4);
    }

    private static long walkSlow(final long ip, final long end, final int first) {
        long at = ip + Ipv6Layout.HEADER_BYTES;
        int next = first;
        long fragment = 0;
        for (int headers = 0; isWalked(next); headers++) {
            final long left = end - at;
            if (headers == MAX_HEADERS) {
                return ERROR_TOO_MANY_HEADERS;
            }
            if (left < MIN_BYTES) {
                return ERROR_TRUNCATED;
            }
            final int kind = next;
            next = Memory.getUnsignedByte(at);
            if (kind == IpProtocol.FRAGMENT) {
                if (fragment != 0) {
                    return ERROR_REPEATED_FRAGMENT;
                }
                final int word = Memory.getUnsignedShortBE(at + FRAGMENT_WORD);
                fragment = (long) word << FRAGMENT_WORD_SHIFT | at - ip << FRAGMENT_HEADER_SHIFT;
                at += FRAGMENT_BYTES;
                if ((word & FRAGMENT_OFFSET_MASK) != 0) {
                    break;
                }
            } else {
                final int units = Memory.getUnsignedByte(at + 1);
                if (kind == IpProtocol.AH && units == 0) {
                    return ERROR_BAD_LENGTH;
                }
                final int bytes = kind == IpProtocol.AH ? units + 2 << 2 : units + 1 << 3;
                if (bytes > left) {
                    return ERROR_TRUNCATED;
                }
                at += bytes;
            }
        }
        return fragment | at - ip << L4_SHIFT | next;
    }
}
