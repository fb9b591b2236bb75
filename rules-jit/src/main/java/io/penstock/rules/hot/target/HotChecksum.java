package io.penstock.rules.hot.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.PartialChecksum;
import io.penstock.os.hot.packet.SctpLayout;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;

/** Completes a checksum that the sender has left to its network card. */
public final class HotChecksum implements HotTarget {

    @Override
    public int apply(final RulePacket packet) {
        if (packet.partialChecksum) {
            if (packet.protocol == IpProtocol.SCTP) {
                SctpLayout.writeChecksum(packet.transport, packet.transportLength);
            } else {
                PartialChecksum.complete(packet.transport, packet.transportLength, packet.protocol);
            }
            packet.partialChecksum = false;
        }
        return RuleVerdict.CONTINUE;
    }
}
