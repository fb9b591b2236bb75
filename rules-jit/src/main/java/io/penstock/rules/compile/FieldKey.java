package io.penstock.rules.compile;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.IndexLayout;

/**
 * Packets that a rule may take, by the bits that count of their fields: every packet that it takes is among those of one of its keys.
 *
 * @param mask            which bits count
 * @param sourceHigh      values, masked; see {@link FieldMask}
 * @param source          the source
 * @param destinationHigh the destination's first half
 * @param destination     the destination
 * @param transport       ports and protocol
 * @param context         names, Ethernet source and mark
 */
record FieldKey(
        FieldMask mask,
        long sourceHigh,
        long source,
        long destinationHigh,
        long destination,
        long transport,
        ContextFields context) {

    /** The fingerprint under a mask within the key's own. */
    int fingerprint(final IpFamily family, final FieldMask tuple) {
        final long more = context.sum(tuple.context());
        return family == IpFamily.IPV4
                ? IndexLayout.fingerprint(source & tuple.source(), destination & tuple.destination(),
                        transport & tuple.transport(), more)
                : IndexLayout.fingerprint(IndexLayout.fold(sourceHigh & tuple.sourceHigh(), source & tuple.source()),
                        IndexLayout.fold(destinationHigh & tuple.destinationHigh(), destination & tuple.destination()),
                        transport & tuple.transport(), more);
    }
}
