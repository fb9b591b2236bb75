package io.penstock.dataplane.hot.fragment;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;

/**
 * Cuts IPv4 packets, which may be fragments themselves, into fragments.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The packet is not changed, and its bytes are read up to its end only.</li>
 *   <li>Every fragment but the last holds the largest multiple of 8 bytes that fits.</li>
 *   <li>Together the fragments hold the packet's payload; type of service, identification, protocol and addresses are
 *       the packet's, and so is the last one's "more fragments". No fragment has another flag.</li>
 *   <li>All have a header as long as the packet's. In those behind the beginning of the original packet, options that are
 *       not to be copied are replaced by no-operations.</li>
 * </ol>
 *
 * <p>The caller's: a packet that must not be fragmented, a transport checksum that is not complete yet, frames. An offset
 * past 65,528 bytes, of a packet that no host accepts, spills into the flags as the kernel's does.
 *
 * <p>Source: RFC 791, 3.2; RFC 1812, 4.2.2.7; net/ipv4/ip_output.c ip_do_fragment; net/ipv4/ip_options.c
 * ip_options_fragment. Threads: any, on memory that they own.
 */
public final class Ipv4Fragments {

    /** A fragment's offset counts units of 8 bytes. */
    private static final int UNIT_SHIFT = 3;
    private static final int MIN_OPTION_BYTES = 2;

    private Ipv4Fragments() {
    }

    /**
     * How many fragments a packet makes.
     *
     * @param bytes bytes of the packet, its whole header included
     * @param mtu   the most bytes that a fragment may have
     * @return 1 for a packet that fits, 0 for one that cannot be cut: the MTU leaves less than 8 bytes behind the header
     */
    public static int count(final long ip, final int bytes, final int mtu) {
        if (bytes <= mtu) {
            return 1;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        return Pieces.count(bytes - headerBytes, mtu - headerBytes);
    }

    /**
     * Writes one fragment.
     *
     * @param to where, in another frame, with room for {@code mtu} bytes
     * @param k  which, from 0 to {@link #count} - 1
     * @return bytes of the fragment
     */
    public static int write(final long to, final long ip, final int bytes, final int mtu, final int k) {
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int payload = bytes - headerBytes;
        final int from = Pieces.offset(payload, mtu - headerBytes, k);
        final int length = Pieces.length(payload, mtu - headerBytes, k);
        Memory.copy(ip, to, headerBytes);
        Memory.copy(ip + headerBytes + from, to + headerBytes, length);
        final int word = Ipv4Layout.fragmentWord(ip);
        final int offset = ((word & Ipv4Layout.FRAGMENT_OFFSET_MASK) << UNIT_SHIFT) + from;
        final int more = from + length < payload ? Ipv4Layout.MORE_FRAGMENTS : word & Ipv4Layout.MORE_FRAGMENTS;
        Ipv4Layout.setFragmentWord(to, offset >>> UNIT_SHIFT | more);
        Ipv4Layout.setTotalLength(to, headerBytes + length);
        // A packet that is no first fragment has lost those options already; what it has then stays as it came.
        if (headerBytes > Ipv4Layout.HEADER_BYTES && k > 0 && offset == from) {
            blankSlow(to, headerBytes);
        }
        Checksum.writeIpv4(to, headerBytes);
        return headerBytes + length;
    }

    /** Replaces the options that only the first fragment has; stops, as the kernel does, at what is no option. */
    private static void blankSlow(final long ip, final int headerBytes) {
        int at = Ipv4Layout.HEADER_BYTES;
        while (at < headerBytes) {
            final int kind = Ipv4OptionLayout.kind(ip + at);
            if (kind == Ipv4OptionLayout.END) {
                return;
            }
            if (kind == Ipv4OptionLayout.NO_OPERATION) {
                at++;
                continue;
            }
            final int left = headerBytes - at;
            final int length = left < MIN_OPTION_BYTES ? 0 : Ipv4OptionLayout.length(ip + at);
            if (length < MIN_OPTION_BYTES || length > left) {
                return;
            }
            if ((kind & Ipv4OptionLayout.COPIED) == 0) {
                Memory.fill(ip + at, length, (byte) Ipv4OptionLayout.NO_OPERATION);
            }
            at += length;
        }
    }
}
