package io.penstock.conntrack.hot.table;

import io.penstock.conntrack.hot.ConnLayout;

/** A tuple of either family for tests, and what a worker does with it. */
record Tuple(
        long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int sourceKey, int destinationKey, int protocol, int zone) {

    /** The n-th of many different ones. */
    static Tuple number(final int n) {
        return new Tuple(0x2001_0db8_0000_0000L, 0x0A00_0000L + n / 7, 0x2001_0db8_0000_0001L, 0x0B00_0001L, 1024 + n % 7, 80, 17, 0);
    }

    Tuple inverse() {
        return new Tuple(destinationHigh, destinationLow, sourceHigh, sourceLow, destinationKey, sourceKey, protocol, zone);
    }

    Tuple withSourceKey(final int key) {
        return new Tuple(sourceHigh, sourceLow, destinationHigh, destinationLow, key, destinationKey, protocol, zone);
    }

    Tuple withProtocol(final int number) {
        return new Tuple(sourceHigh, sourceLow, destinationHigh, destinationLow, sourceKey, destinationKey, number, zone);
    }

    Tuple withZone(final int number) {
        return new Tuple(sourceHigh, sourceLow, destinationHigh, destinationLow, sourceKey, destinationKey, protocol, number);
    }

    int keys() {
        return ConnLayout.keys(sourceKey, destinationKey);
    }

    long hash(final ConnTable table, final TableWorker worker) {
        return table.family() == ConnLayout.FAMILY_IPV4
                ? worker.hash4((int) sourceLow, (int) destinationLow, keys(), protocol, zone)
                : worker.hash6(sourceHigh, sourceLow, destinationHigh, destinationLow, keys(), protocol, zone);
    }

    long find(final ConnTable table, final TableWorker worker) {
        final long hash = hash(table, worker);
        return table.family() == ConnLayout.FAMILY_IPV4
                ? worker.find4(hash, (int) sourceLow, (int) destinationLow, keys(), protocol, zone)
                : worker.find6(hash, sourceHigh, sourceLow, destinationHigh, destinationLow, keys(), protocol, zone);
    }

    void set(final long entry, final int direction) {
        if (ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4) {
            ConnLayout.setTuple4(entry, direction, (int) sourceLow, (int) destinationLow, keys());
        } else {
            ConnLayout.setTuple6(entry, direction, sourceHigh, sourceLow, destinationHigh, destinationLow, keys());
        }
        ConnLayout.setProtocol(entry, protocol);
        ConnLayout.setZone(entry, direction, zone);
    }
}
