package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;

/**
 * Cuts a gathered IPv4 packet into fragments again, when it leaves.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The packet is not changed, and its bytes are read up to its end only.</li>
 *   <li>No fragment is larger than the largest that came in, or than the MTU. Where the fragments that came in fit, they are those that leave.</li>
 *   <li>Type of service, identification, protocol and addresses are the packet's. In those behind the first, options that are not to be copied are
 *       replaced by no-operations.</li>
 * </ol>
 *
 * <p>As in the kernel, DF is lost in fragments that leave as they came; in those cut anew it is set if the largest that came in had it.
 *
 * <p>Source: RFC 791, 3.2; net/ipv4/ip_output.c ip_fragment, ip_do_fragment; net/ipv4/ip_options.c ip_options_fragment. Threads: any, on memory that
 * they own.
 */
public final class Gathered4 {

    /** {@link #count}: the sender must be told the MTU (ICMP 3, 4), and the packet dropped. */
    public static final int TOO_BIG = -1;

    private static final int UNIT_SHIFT = 3;
    private static final int MIN_OPTION_BYTES = 2;

    private Gathered4() {
    }

    /**
     * How many fragments a packet leaves in.
     *
     * @param plan  what {@link FragmentStore#copyTo} has written
     * @param ip    the packet's header, with {@code DF} as the gathered packet has it
     * @param bytes bytes of the packet
     * @param mtu   the most bytes that a fragment may have on the way out
     * @return 1 and more, {@link #TOO_BIG}, or 0 for a packet that cannot be cut: the MTU leaves less than 8 bytes behind the header
     */
    public static int count(final long plan, final long ip, final int bytes, final int mtu) {
        if ((Ipv4Layout.fragmentWord(ip) & Ipv4Layout.DONT_FRAGMENT) != 0 && GatheredPlan.largest(plan) > mtu) {
            return TOO_BIG;
        }
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        return GatheredCut.count(plan, bytes, headerBytes, room(plan, headerBytes, mtu));
    }

    /**
     * Writes one fragment.
     *
     * @param to where, with room for {@code mtu} bytes outside of the packet
     * @param k  which, from 0 to {@link #count} - 1
     * @return bytes of the fragment
     */
    public static int write(final long to, final long plan, final long ip, final int bytes, final int mtu, final int k) {
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int room = room(plan, headerBytes, mtu);
        final int from = GatheredCut.offset(plan, bytes, headerBytes, room, k);
        final int end = GatheredCut.end(plan, bytes, headerBytes, room, k);
        Memory.copy(ip, to, headerBytes);
        Memory.copy(ip + headerBytes + from, to + headerBytes, end - from);
        final int more = headerBytes + end < bytes ? Ipv4Layout.MORE_FRAGMENTS : 0;
        final boolean isDf = GatheredPlan.isDfLargest(plan) && !GatheredCut.isAsItCame(plan, bytes, headerBytes, room);
        Ipv4Layout.setFragmentWord(to, from >>> UNIT_SHIFT | more | (isDf ? Ipv4Layout.DONT_FRAGMENT : 0));
        Ipv4Layout.setTotalLength(to, headerBytes + end - from);
        if (headerBytes > Ipv4Layout.HEADER_BYTES && k > 0) {
            blankSlow(to, headerBytes);
        }
        Checksum.writeIpv4(to, headerBytes);
        return headerBytes + end - from;
    }

    private static int room(final long plan, final int headerBytes, final int mtu) {
        return Math.min(mtu, GatheredPlan.largest(plan)) - headerBytes;
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
