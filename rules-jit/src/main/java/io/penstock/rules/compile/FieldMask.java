package io.penstock.rules.compile;

/**
 * Which bits of the fields count: of a rule, or of all rules of a tuple.
 *
 * @param sourceHigh      of an IPv6 source's first half
 * @param source          of its second half, or of an IPv4 source
 * @param destinationHigh of an IPv6 destination's first half
 * @param destination     of its second half, or of an IPv4 destination
 * @param transport       of ports and protocol, see {@link io.penstock.rules.hot.TupleLayout}
 * @param in              of the name of the device that packets come in by
 * @param out             of the other device's
 */
record FieldMask(
        long sourceHigh, long source, long destinationHigh, long destination, long transport, long in, long out) {

    /** Whether every bit that counts here counts there too. */
    boolean isWithin(final FieldMask other) {
        return ((sourceHigh & ~other.sourceHigh) | (source & ~other.source) | (destinationHigh & ~other.destinationHigh)
                | (destination & ~other.destination) | (transport & ~other.transport) | (in & ~other.in) | (out & ~other.out)) == 0;
    }

    /** How many bits count. */
    int bits() {
        return Long.bitCount(sourceHigh) + Long.bitCount(source) + Long.bitCount(destinationHigh) + Long.bitCount(destination)
                + Long.bitCount(transport) + Long.bitCount(in) + Long.bitCount(out);
    }
}
