package io.penstock.rules.compile;

/**
 * Which bits of the fields count: of a rule, or of all rules of a tuple.
 *
 * @param sourceHigh      of an IPv6 source's first half
 * @param source          of its second half, or of an IPv4 source
 * @param destinationHigh of an IPv6 destination's first half
 * @param destination     of its second half, or of an IPv4 destination
 * @param transport       of ports and protocol, see {@link io.penstock.rules.hot.TupleLayout}
 * @param context         of names, Ethernet source and mark
 */
record FieldMask(
        long sourceHigh, long source, long destinationHigh, long destination, long transport, ContextFields context) {

    /** Whether every bit that counts here counts there too. */
    boolean isWithin(final FieldMask other) {
        return ((sourceHigh & ~other.sourceHigh) | (source & ~other.source) | (destinationHigh & ~other.destinationHigh)
                | (destination & ~other.destination) | (transport & ~other.transport)) == 0 && context.isWithin(other.context);
    }

    /** How many bits count. */
    int bits() {
        return Long.bitCount(sourceHigh) + Long.bitCount(source) + Long.bitCount(destinationHigh) + Long.bitCount(destination)
                + Long.bitCount(transport) + context.bits();
    }
}
