package io.penstock.conntrack.model;

/**
 * What is asked of a store: which connection, and what it is to become. What is null is not said.
 *
 * @param original       the original tuple
 * @param reply          the reply tuple
 * @param zone           the zone of both directions
 * @param originalZone   the original direction's own zone
 * @param replyZone      the reply direction's own zone
 * @param status         status bits
 * @param timeoutSeconds seconds, unsigned 32 bits
 * @param mark           the mark
 * @param protocolState  the tracker's state (TCP, SCTP)
 * @param tcpFlags       TCP's window flags to set in both directions, 0 for none
 * @param originalTag    SCTP's verification tag of the original direction
 * @param replyTag       the same of the reply direction
 * @param source         what the source is rewritten to
 * @param destination    what the destination is rewritten to
 * @param labels         how labels change
 * @param portId         who asks: the number that events tell
 */
public record ConnectionRequest(ConnTuple original, ConnTuple reply, Integer zone, Integer originalZone, Integer replyZone,
        Integer status, Long timeoutSeconds, Integer mark, Integer protocolState, int tcpFlags, Integer originalTag, Integer replyTag,
        NatChoice source, NatChoice destination, LabelChange labels, int portId) {

    /** Asks for a connection that is there. */
    public static ConnectionRequest of(final Connection connection) {
        return new ConnectionRequest(connection.original(), connection.reply(), connection.zone(), connection.originalZone(),
                connection.replyZone(), null, null, null, null, 0, null, null, null, null, null, 0);
    }

    /** The zone of the original direction. */
    public int zoneOfOriginal() {
        return zone != null && zone != 0 ? zone : originalZone != null ? originalZone : 0;
    }

    /** The zone of the reply direction. */
    public int zoneOfReply() {
        return zone != null && zone != 0 ? zone : replyZone != null ? replyZone : 0;
    }
}
