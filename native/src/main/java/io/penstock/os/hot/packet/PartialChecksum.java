package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * Checksums that the sender has left to its network card, seen on veth, TAP and virtio, which have none to hand them to.
 *
 * <p>The L4 checksum field of such a frame (the kernel's CHECKSUM_PARTIAL) holds the folded sum of the pseudo-header, not
 * complemented. Summing the L4 header and payload with that field in place gives the sum of everything, so that the
 * frame is completed without looking at the IP header again. SCTP's field holds 0, as a CRC has no pseudo-header.
 *
 * <p>How a frame is told apart: its field equals the pseudo-header's sum. With P for that sum, D for the sum of the rest
 * of the segment, both modulo 0xFFFF:
 * <ol>
 *   <li>A complete and correct frame has the field {@code -(P + D)}. By chance, one in 65,535, that equals P. Completing
 *       it puts {@code -(field + D) = -(P + D)} there: what was there before. So taking it for partial is harmless, even
 *       after its addresses have been rewritten with {@link #apply} or its ports without any update.</li>
 *   <li>A complete frame that was damaged on its way passes for partial with the same chance, and completing it hides the
 *       damage. The plain checksum misses damage that often too; still, only ask on ports whose peer can send partial
 *       frames. A card's wire is none.</li>
 *   <li>A sender that puts P there on purpose gains nothing: it could have sent the right checksum.</li>
 *   <li>No partial frame is missed: the sender stored the same folded sum. It is never 0, so UDP's 0 stays "none".</li>
 * </ol>
 *
 * <p>What a rewriter must keep to: a frame found partial stays so until it is completed. A change that the pseudo-header
 * covers (addresses) goes through {@link #apply}, any other change (ports, payload) leaves the field alone, and a change
 * of length needs completion first.
 *
 * <p>Never ask for fragments: senders complete before they fragment, and a fragment's bytes do not give its sum. Not seen: a
 * partial checksum inside of a tunnel (VXLAN over veth); switch off {@code tx-checksum} on the inner device there.
 *
 * <p>Source: the kernel's {@code include/linux/skbuff.h}, "Checksumming of transmitted packets".
 */
public final class PartialChecksum {

    private PartialChecksum() {
    }

    /** True when the field of TCP or UDP over IPv4 holds the pseudo-header's sum. */
    public static boolean isPartial4(final long ip, final long l4, final int l4Bytes, final int protocol) {
        final int pseudo = Checksum.fold(Checksum.pseudo4(ip, protocol, l4Bytes));
        return Memory.getUnsignedShort(l4 + fieldOffset(protocol)) == pseudo;
    }

    /** True when the field of TCP or UDP over IPv6 holds the pseudo-header's sum. */
    public static boolean isPartial6(final long ip, final long l4, final int l4Bytes, final int protocol) {
        final int pseudo = Checksum.fold(Checksum.pseudo6(ip, protocol, l4Bytes));
        return Memory.getUnsignedShort(l4 + fieldOffset(protocol)) == pseudo;
    }

    /**
     * True when SCTP's field holds 0; {@link SctpLayout#writeChecksum} completes it. A CRC that is 0, one in 2^32, stays 0.
     */
    public static boolean isPartialSctp(final long sctp) {
        return SctpLayout.checksum(sctp) == 0;
    }

    /** Completes a partial TCP or UDP segment over either IP. */
    public static void complete(final long l4, final int l4Bytes, final int protocol) {
        final int complement = ~Checksum.fold(Checksum.sum(l4, l4Bytes)) & 0xFFFF;
        final int checksum = complement == 0 && protocol == IpProtocol.UDP ? 0xFFFF : complement;
        Memory.putShort(l4 + fieldOffset(protocol), checksum);
    }

    /**
     * A partial field after {@linkplain Checksum#change32 changes} of what the pseudo-header covers.
     *
     * @param field the field in network order, as the layouts' accessors return it
     */
    public static int apply(final int field, final long changes) {
        return Checksum.fold(field + changes);
    }

    private static int fieldOffset(final int protocol) {
        return protocol == IpProtocol.TCP ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM;
    }
}
