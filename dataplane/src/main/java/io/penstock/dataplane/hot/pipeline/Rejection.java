package io.penstock.dataplane.hot.pipeline;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.RulePacket;

/**
 * Tells the sender of a packet that a rule refuses it (REJECT): an ICMP error or a TCP reset, or nothing, where the kernel says nothing.
 *
 * <p>Invariants, as in the kernel:
 * <ol>
 *   <li>No answer to a later fragment, to a packet whose checksum is wrong, and no reset for a reset.</li>
 *   <li>An ICMP error obeys all rules and limits of ICMP errors; a reset none of them.</li>
 * </ol>
 *
 * <p>What this host itself sent is answered too: the answer is delivered to the host, as if it had come by the port that the packet would
 * have left by. Differs from Linux there: the answer passes no hooks, as loopback is no port; and an IPv4 error has the refused packet's
 * destination for its source, where the kernel has the host's own address, because no port takes a packet from that.
 *
 * <p>Source: net/ipv4/netfilter/nf_reject_ipv4.c, net/ipv6/netfilter/nf_reject_ipv6.c, include/net/netfilter/nf_reject.h;
 * net/netfilter/utils.c nf_ip_checksum, nf_ip6_checksum. Threads: the lane's worker.
 */
final class Rejection {

    private static final int VERSION_4 = 4;

    private final Lane lane;
    private final TcpResets resets;

    Rejection(final Lane lane) {
        this.lane = lane;
        this.resets = new TcpResets(lane);
    }

    /** Answers by an ICMP error. */
    void unreachable(final RulePacket packet, final int type, final int code) {
        final Batch b = (Batch) packet.batch;
        final int slot = packet.slot;
        final boolean fromHost = isFromHost(b, slot);
        if (packet.version == VERSION_4) {
            if (packet.fragmentOffset != 0 || !packet.partialChecksum && !isRight4(packet)) {
                return;
            }
            if (fromHost) {
                lane.errors4.toHost(b, slot, type, code);
            } else {
                refreshRoute(packet, b, slot);
                lane.errors4.send(b, slot, type, code, 0);
            }
        } else if (packet.partialChecksum || isRight6(packet)) {
            if (fromHost) {
                lane.errors6.toHost(b, slot, type, code);
            } else {
                lane.errors6.send(b, slot, type, code, 0, b.inPort[slot]);
            }
        }
    }

    /** Answers by a TCP reset. */
    void reset(final RulePacket packet) {
        final Batch b = (Batch) packet.batch;
        final int slot = packet.slot;
        if (packet.version == VERSION_4) {
            if (packet.fragmentOffset != 0 || packet.protocol != IpProtocol.TCP
                    || !isResettable(packet.transport, packet.transportLength)
                    || !packet.partialChecksum && !isRight4(packet)) {
                return;
            }
            refreshRoute(packet, b, slot);
            resets.ipv4(packet, b, slot, packet.transport, packet.transportLength, isFromHost(b, slot));
            return;
        }
        final long found = UpperLayer6.find(packet.network, packet.length);
        final int offset = UpperLayer6.offset(found);
        if (found == UpperLayer6.NONE || UpperLayer6.protocol(found) != IpProtocol.TCP || offset > packet.length) {
            return;
        }
        final long tcp = packet.network + offset;
        final int bytes = packet.length - offset;
        if (isResettable(tcp, bytes)
                && (packet.partialChecksum || Checksum.verifyTcp6(packet.network, tcp, bytes))) {
            resets.ipv6(packet, b, slot, tcp, bytes, isFromHost(b, slot));
        }
    }

    /** A copy is the host's own, but what it is about came from elsewhere. */
    private static boolean isFromHost(final Batch b, final int slot) {
        return b.inPort[slot] == Batch.FROM_HOST && !Batch.isCopy(b.flags[slot]);
    }

    private static boolean isResettable(final long tcp, final int bytes) {
        return bytes >= TcpLayout.HEADER_BYTES && (TcpLayout.flags(tcp) & TcpLayout.RST) == 0;
    }

    /** A packet that was away before it came to LOCAL_IN has an adjacency that may be another's by now; errors ask it. */
    private void refreshRoute(final RulePacket packet, final Batch b, final int slot) {
        if (packet.hook == RuleHook.INPUT.ordinal() && (b.flags[slot] & Batch.OPTIONS) == 0) {
            b.adjacency[slot] = lane.fib.lookup4(Ipv4Layout.destination(packet.network));
        }
    }

    /**
     * TCP and UDP have a pseudo-header, all others are taken for ICMP, unless they are known to check otherwise. The IP header counts, as in
     * the kernel: it adds nothing when it is right, which it is not while an option has been written to and the packet has not left.
     */
    private static boolean isRight4(final RulePacket packet) {
        final long l4 = packet.transport;
        final int bytes = packet.transportLength;
        final int protocol = packet.protocol;
        if (!isSummed(protocol, l4, bytes)) {
            return true;
        }
        final long sum = Checksum.sum(packet.network, packet.length);
        return Checksum.isValid(protocol == IpProtocol.TCP || protocol == IpProtocol.UDP
                ? sum + Checksum.pseudo4(packet.network, protocol, bytes) : sum);
    }

    private static boolean isRight6(final RulePacket packet) {
        final long found = UpperLayer6.find(packet.network, packet.length);
        final int offset = UpperLayer6.offset(found);
        if (found == UpperLayer6.NONE || offset >= packet.length) {
            return false;
        }
        final long l4 = packet.network + offset;
        final int bytes = packet.length - offset;
        final int protocol = UpperLayer6.protocol(found);
        return !isSummed(protocol, l4, bytes)
                || Checksum.isValid(Checksum.pseudo6(packet.network, protocol, bytes) + Checksum.sum(l4, bytes));
    }

    /** False where the Internet checksum is not used, or not over all. */
    private static boolean isSummed(final int protocol, final long l4, final int bytes) {
        return switch (protocol) {
            case IpProtocol.UDP -> bytes < UdpLayout.HEADER_BYTES || UdpLayout.checksum(l4) != 0;
            case IpProtocol.GRE, IpProtocol.AH, IpProtocol.ESP, IpProtocol.SCTP, IpProtocol.UDPLITE -> false;
            default -> true;
        };
    }
}
