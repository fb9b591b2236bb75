package io.penstock.conntrack.hot.frag;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6FragmentLayout;
import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * Writes a packet of which all fragments are there.
 *
 * <p>The link header, the network header with its options or extension headers, the time to live are the first fragment's; lengths, flags, congestion
 * marks and the checksum are the packet's; the fragment header is gone.
 *
 * <p>Source: RFC 791, 3.2; RFC 8200, 4.5; net/ipv4/ip_fragment.c ip_frag_reasm, net/ipv6/netfilter/nf_conntrack_reasm.c nf_ct_frag6_reasm.
 * Threads: the store's.
 */
final class WholeWriter {

    private WholeWriter() {
    }

    /** Bytes of the packet with its link header. */
    static int bytes(final long queue) {
        return headerEnd(queue, Runs.first(queue)) + QueueLayout.end(queue);
    }

    /**
     * Writes it.
     *
     * @param to   where its link header goes
     * @param plan where the {@link GatheredPlan} goes
     */
    static void write(final long queue, final long to, final long plan) {
        final long first = Runs.first(queue);
        final int network = PieceLayout.network(first);
        final int headerEnd = headerEnd(queue, first);
        Memory.copy(PieceLayout.frame(first), to, headerEnd);
        if (QueueLayout.family(queue) == QueueLayout.FAMILY_IPV4) {
            finish4(queue, to + network, headerEnd - network, plan);
        } else {
            finish6(queue, to + network, headerEnd - network, PieceLayout.frame(first) + network, plan);
        }
        long at = to + headerEnd;
        for (long run = first; run != 0; run = Runs.after(queue, run)) {
            for (long piece = run; piece != 0; piece = PieceLayout.nextInRun(piece)) {
                final int length = PieceLayout.length(piece);
                Memory.copy(PieceLayout.frame(piece) + PieceLayout.data(piece), at, length);
                GatheredPlan.add(plan, length);
                at += length;
            }
        }
    }

    /** From the frame's beginning to what is behind the headers that stay. */
    private static int headerEnd(final long queue, final long first) {
        final int data = PieceLayout.data(first);
        return QueueLayout.family(queue) == QueueLayout.FAMILY_IPV4 ? data : data - Ipv6FragmentLayout.HEADER_BYTES;
    }

    private static void finish4(final long queue, final long ip, final int headerBytes, final long plan) {
        final int largest = QueueLayout.maxSize(queue);
        final boolean dfLargest = QueueLayout.maxDfSize(queue) == largest;
        Ipv4Layout.setTotalLength(ip, headerBytes + QueueLayout.end(queue));
        Ipv4Layout.setTos(ip, Ipv4Layout.tos(ip) | EcnMix.marks(QueueLayout.ecn(queue)));
        Ipv4Layout.setFragmentWord(ip, dfLargest ? Ipv4Layout.DONT_FRAGMENT : 0);
        Checksum.writeIpv4(ip, headerBytes);
        GatheredPlan.begin(plan, QueueLayout.FAMILY_IPV4, dfLargest, largest, Ipv4Layout.id(ip), headerBytes);
    }

    private static void finish6(final long queue, final long ip, final int headerBytes, final long from, final long plan) {
        final long fragment = from + headerBytes;
        final int namedAt = FragmentHeader6.namedAt(FragmentHeader6.find(from, headerBytes + Ipv6FragmentLayout.HEADER_BYTES));
        Memory.putByte(ip + namedAt, (byte) Ipv6FragmentLayout.nextHeader(fragment));
        Ipv6Layout.setPayloadLength(ip, headerBytes - Ipv6Layout.HEADER_BYTES + QueueLayout.end(queue));
        Ipv6Layout.setTrafficClass(ip, Ipv6Layout.trafficClass(ip) | EcnMix.marks(QueueLayout.ecn(queue)));
        GatheredPlan.begin(
                plan, QueueLayout.FAMILY_IPV6, false, QueueLayout.maxSize(queue), Ipv6FragmentLayout.identification(fragment), headerBytes);
    }
}
