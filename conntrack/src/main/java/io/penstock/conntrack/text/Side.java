package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;

/** One direction as a command's words say it, a part at a time; what is not said is 0. */
final class Side {

    int family;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int protocol;
    int sourceKey;
    int destinationKey;

    /** The tuple, or null if its family is not said. Keys that no tracker knows are left out. */
    ConnTuple tuple() {
        if (family == 0) {
            return null;
        }
        final boolean hasKeys = ConnTuple.hasTwoKeys(protocol) || ConnTuple.isIcmp(protocol);
        return new ConnTuple(family, sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, hasKeys ? sourceKey : 0,
                hasKeys ? destinationKey : 0);
    }

    /** Becomes the answers' direction of another. ICMP's keys are settled already. */
    void answer(final Side other) {
        family = other.family;
        protocol = other.protocol;
        sourceHigh = other.destinationHigh;
        sourceLow = other.destinationLow;
        destinationHigh = other.sourceHigh;
        destinationLow = other.sourceLow;
        if (!ConnTuple.isIcmp(protocol)) {
            sourceKey = other.destinationKey;
            destinationKey = other.sourceKey;
        }
    }
}
