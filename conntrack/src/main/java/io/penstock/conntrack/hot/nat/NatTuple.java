package io.penstock.conntrack.hot.nat;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.track.TupleReader;

/**
 * The tuple that a connection's packets will have when they leave: the inverse of the reply tuple. A work sheet: one for each use, written over
 * again and again.
 *
 * <p>Addresses are two longs each; of IPv4 the first is 0 and the second an unsigned number. Keys are as {@link ConnLayout} has them.
 *
 * <p>Threads: its worker.
 */
final class NatTuple {

    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int sourceKey;
    int destinationKey;
    int protocol;
    private boolean ipv4;

    NatTuple() {
    }

    boolean isIpv4() {
        return ipv4;
    }

    /** An IPv4 packet's. */
    void set4(final int source, final int destination, final int keys, final int ofProtocol) {
        ipv4 = true;
        protocol = ofProtocol;
        setKeys(keys);
        sourceHigh = 0;
        sourceLow = Integer.toUnsignedLong(source);
        destinationHigh = 0;
        destinationLow = Integer.toUnsignedLong(destination);
    }

    /** An IPv6 packet's. */
    void set6(
            final long fromHigh, final long fromLow, final long toHigh, final long toLow, final int keys, final int ofProtocol) {
        ipv4 = false;
        protocol = ofProtocol;
        setKeys(keys);
        sourceHigh = fromHigh;
        sourceLow = fromLow;
        destinationHigh = toHigh;
        destinationLow = toLow;
    }

    /** Takes over what a connection's packets have when they leave. */
    void load(final long entry) {
        ipv4 = ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4;
        protocol = ConnLayout.protocol(entry);
        // There is an inverse: the entry's reply tuple was made as one.
        setKeys((int) TupleReader.invert(protocol, ConnLayout.keysOf(entry, ConnDirection.REPLY)));
        if (ipv4) {
            sourceHigh = 0;
            sourceLow = Integer.toUnsignedLong(ConnLayout.destination4(entry, ConnDirection.REPLY));
            destinationHigh = 0;
            destinationLow = Integer.toUnsignedLong(ConnLayout.source4(entry, ConnDirection.REPLY));
        } else {
            sourceHigh = ConnLayout.destination6High(entry, ConnDirection.REPLY);
            sourceLow = ConnLayout.destination6Low(entry, ConnDirection.REPLY);
            destinationHigh = ConnLayout.source6High(entry, ConnDirection.REPLY);
            destinationLow = ConnLayout.source6Low(entry, ConnDirection.REPLY);
        }
    }

    /** Of an entry that is not in the table: makes its packets leave with this tuple. */
    void store(final long entry) {
        final int keys = (int) TupleReader.invert(protocol, keys());
        if (ipv4) {
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, (int) destinationLow, (int) sourceLow, keys);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.REPLY, destinationHigh, destinationLow, sourceHigh, sourceLow, keys);
        }
    }

    void copy(final NatTuple other) {
        copySource(other);
        copyDestination(other);
        protocol = other.protocol;
        ipv4 = other.ipv4;
    }

    /** Takes over source address and key; of ICMP the key is the identifier. */
    void copySource(final NatTuple other) {
        sourceHigh = other.sourceHigh;
        sourceLow = other.sourceLow;
        sourceKey = other.sourceKey;
    }

    /** Takes over destination address and key. */
    void copyDestination(final NatTuple other) {
        destinationHigh = other.destinationHigh;
        destinationLow = other.destinationLow;
        destinationKey = other.destinationKey;
    }

    boolean isEqual(final NatTuple other) {
        return (sourceHigh ^ other.sourceHigh | sourceLow ^ other.sourceLow | destinationHigh ^ other.destinationHigh
                | destinationLow ^ other.destinationLow | keys() ^ other.keys()) == 0;
    }

    /** Whether this is a direction's tuple of an entry of the same protocol and family. */
    boolean isTupleOf(final long entry, final int direction) {
        if (keys() != ConnLayout.keysOf(entry, direction)) {
            return false;
        }
        if (ipv4) {
            return (int) sourceLow == ConnLayout.source4(entry, direction) && (int) destinationLow == ConnLayout.destination4(entry, direction);
        }
        return sourceHigh == ConnLayout.source6High(entry, direction) && sourceLow == ConnLayout.source6Low(entry, direction)
                && destinationHigh == ConnLayout.destination6High(entry, direction)
                && destinationLow == ConnLayout.destination6Low(entry, direction);
    }

    /** Whether an entry's original tuple has this source. */
    boolean isSourceOf(final long entry) {
        if (protocol != ConnLayout.protocol(entry)
                || sourceKey != ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL))) {
            return false;
        }
        if (ipv4) {
            return (int) sourceLow == ConnLayout.source4(entry, ConnDirection.ORIGINAL);
        }
        return sourceHigh == ConnLayout.source6High(entry, ConnDirection.ORIGINAL)
                && sourceLow == ConnLayout.source6Low(entry, ConnDirection.ORIGINAL);
    }

    int keys() {
        return ConnLayout.keys(sourceKey, destinationKey);
    }

    private void setKeys(final int keys) {
        sourceKey = ConnLayout.sourceKey(keys);
        destinationKey = ConnLayout.destinationKey(keys);
    }
}
