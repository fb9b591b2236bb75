package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.LabelChange;
import io.penstock.conntrack.model.NatChoice;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/** What a command's words say of connections: to look for, or to make. */
final class Template {

    /** {@code IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL}: nobody has seen its handshake. */
    private static final int TCP_LIBERAL = 0x0A;
    /** {@code IP_CT_TCP_FLAG_CLOSE_INIT}: it may be reopened. */
    private static final int TCP_CLOSING = 0x04;
    private static final int TCP_TIME_WAIT = 7;

    final Set<Field> said = EnumSet.noneOf(Field.class);
    final Side original = new Side();
    final Side reply = new Side();
    /** An expectation's tuple. */
    final Side tuple = new Side();
    /** Masks of addresses; an expectation's mask. */
    final Side mask = new Side();
    long timeoutSeconds;
    int status;
    /** Bits of the status that must be clear or count. */
    int statusMask;
    int id;
    int zone;
    int originalZone;
    int replyZone;
    Protocol stateOf;
    int state;
    int originalTag;
    int replyTag;
    AddressText.Address sourceNat;
    AddressText.Address destinationNat;
    int sourceNatPort;
    int destinationNatPort;
    int mark;
    int markMask;
    /** Labels to look for, or null. */
    BitSet labels;
    /** Labels to add or delete, or null for all. */
    BitSet labelChange;

    boolean says(final Field field) {
        return said.contains(field);
    }

    /** Settles ICMP's type in both directions, as far as the family is said by now. */
    void icmpType(final int type) {
        said.add(Field.ICMP_TYPE);
        original.destinationKey = original.destinationKey & 0xFF | type << Byte.SIZE;
        final int answer = original.family == 0 ? -1
                : ConnTuple.icmpAnswer(original.family == ConnTuple.IPV4 ? ConnTuple.ICMP : ConnTuple.ICMPV6, type);
        reply.destinationKey = reply.destinationKey & 0xFF | (answer & 0xFF) << Byte.SIZE;
    }

    /** Settles ICMP's code in both directions. */
    void icmpCode(final int code) {
        said.add(Field.ICMP_CODE);
        original.destinationKey = original.destinationKey & 0xFF00 | code;
        reply.destinationKey = reply.destinationKey & 0xFF00 | code;
    }

    /** Settles ICMP's id in both directions. */
    void icmpId(final int number) {
        said.add(Field.ICMP_ID);
        original.sourceKey = number;
        reply.sourceKey = number;
    }

    /** Whether the words say anything of the answers' direction. */
    boolean saysReply() {
        return says(Field.REPLY_FAMILY) || says(Field.REPLY_PROTOCOL) || says(Field.REPLY_SOURCE_KEY) || says(Field.REPLY_DESTINATION_KEY)
                || says(Field.REPLY_ZONE);
    }

    /** What TCP's tracker is to know of both directions. */
    int tcpFlags(final boolean isTcp) {
        return !isTcp ? 0 : stateOf == Protocol.TCP && state >= TCP_TIME_WAIT ? TCP_LIBERAL | TCP_CLOSING : TCP_LIBERAL;
    }

    NatChoice sourceChoice() {
        return choice(says(Field.SOURCE_NAT_ADDRESS), sourceNat, says(Field.SOURCE_NAT_PORT), sourceNatPort);
    }

    NatChoice destinationChoice() {
        return choice(says(Field.DESTINATION_NAT_ADDRESS), destinationNat, says(Field.DESTINATION_NAT_PORT), destinationNatPort);
    }

    /** Ports go with TCP and UDP only. */
    private NatChoice choice(final boolean hasAddress, final AddressText.Address address, final boolean hasPort, final int port) {
        if (!hasAddress && !hasPort) {
            return null;
        }
        final boolean takesPort = hasPort && (original.protocol == ConnTuple.TCP || original.protocol == ConnTuple.UDP);
        return new NatChoice(hasAddress, hasAddress ? address.high() : 0, hasAddress ? address.low() : 0, takesPort ? port : -1);
    }

    /** A request to make a connection. */
    ConnectionRequest request(final boolean isTcp, final Integer itsMark, final LabelChange change) {
        return new ConnectionRequest(original.tuple(), saysReply() ? reply.tuple() : null, says(Field.ZONE) ? (Integer) zone : null,
                says(Field.ORIGINAL_ZONE) ? (Integer) originalZone : null, says(Field.REPLY_ZONE) ? (Integer) replyZone : null,
                says(Field.STATUS) ? (Integer) status : null, says(Field.TIMEOUT) ? (Long) timeoutSeconds : null, itsMark,
                saysState() ? (Integer) state : null, tcpFlags(isTcp), says(Field.ORIGINAL_TAG) ? (Integer) originalTag : null,
                says(Field.REPLY_TAG) ? (Integer) replyTag : null, sourceChoice(), destinationChoice(), change, 0);
    }

    /** Whether it says a state that a tracker knows. */
    boolean saysState() {
        return says(Field.STATE) && stateOf != Protocol.DCCP;
    }
}
