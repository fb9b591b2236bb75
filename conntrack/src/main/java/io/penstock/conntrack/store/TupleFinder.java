package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.ConnectionRequest;

/** Look-ups by tuples as values. Threads: the worker's whose hand is given, between batches. */
final class TupleFinder {

    private TupleFinder() {
    }

    /** The entry that a request means, or 0: a zone of one direction alone counts in that direction, zone 0 in the other. */
    static long find(final TableWorker worker, final ConnectionRequest request) {
        final ConnTuple tuple = request.original() != null ? request.original() : request.reply();
        final int ofOriginal = request.zoneOfOriginal();
        final int ofReply = request.zoneOfReply();
        final long found = find(worker, tuple, ofOriginal);
        if (found != 0 && (ofOriginal == ofReply || TableWorker.direction(found) == ConnDirection.ORIGINAL)) {
            return TableWorker.entry(found);
        }
        final long other = ofOriginal == ofReply ? 0 : find(worker, tuple, ofReply);
        return other != 0 && TableWorker.direction(other) == ConnDirection.REPLY ? TableWorker.entry(other) : 0;
    }

    private static long find(final TableWorker worker, final ConnTuple tuple, final int zone) {
        final long hash = hash(worker, tuple, zone);
        return tuple.family() == ConnTuple.IPV4
                ? worker.find4(hash, (int) tuple.sourceLow(), (int) tuple.destinationLow(), keys(tuple), tuple.protocol(), zone)
                : worker.find6(hash, tuple.sourceHigh(), tuple.sourceLow(), tuple.destinationHigh(), tuple.destinationLow(), keys(tuple),
                        tuple.protocol(), zone);
    }

    static long hash(final TableWorker worker, final ConnTuple tuple, final int zone) {
        return tuple.family() == ConnTuple.IPV4
                ? worker.hash4((int) tuple.sourceLow(), (int) tuple.destinationLow(), keys(tuple), tuple.protocol(), zone)
                : worker.hash6(tuple.sourceHigh(), tuple.sourceLow(), tuple.destinationHigh(), tuple.destinationLow(), keys(tuple),
                        tuple.protocol(), zone);
    }

    /** Of an entry that is not in the table: sets a direction's tuple. */
    static void set(final long entry, final int direction, final ConnTuple tuple) {
        if (tuple.family() == ConnTuple.IPV4) {
            ConnLayout.setTuple4(entry, direction, (int) tuple.sourceLow(), (int) tuple.destinationLow(), keys(tuple));
        } else {
            ConnLayout.setTuple6(entry, direction, tuple.sourceHigh(), tuple.sourceLow(), tuple.destinationHigh(), tuple.destinationLow(),
                    keys(tuple));
        }
    }

    /** The family's number in entries. */
    static int family(final ConnTuple tuple) {
        return tuple.family() == ConnTuple.IPV4 ? ConnLayout.FAMILY_IPV4 : ConnLayout.FAMILY_IPV6;
    }

    private static int keys(final ConnTuple tuple) {
        // What has no tracker has no keys, whatever is said.
        return tuple.hasKeys() ? ConnLayout.keys(tuple.sourceKey(), tuple.destinationKey()) : 0;
    }
}
