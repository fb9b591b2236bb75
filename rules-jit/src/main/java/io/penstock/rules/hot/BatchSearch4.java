package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;

/**
 * {@link BatchSearch} of an IPv4 chain.
 *
 * <p>Threads: the table's worker.
 */
final class BatchSearch4 extends BatchSearch {

    /** By slot: source and destination. */
    private final long[] addresses = new long[CAPACITY];

    private BatchSearch4(final long block) {
        super(block);
    }

    /** By hook, for the chains that it can be for; null for others. */
    static BatchSearch[] of(final int[] hooks, final long[] blocks) {
        final BatchSearch[] all = new BatchSearch[hooks.length];
        for (int hook = 0; hook < hooks.length; hook++) {
            if (hooks[hook] >= 0 && fits(blocks[hooks[hook]], RecordLayout.BYTES4)) {
                all[hook] = new BatchSearch4(blocks[hooks[hook]]);
            }
        }
        return all;
    }

    @Override
    void keepAddresses(final int slot, final long network) {
        addresses[slot] = addressesAt(network);
    }

    @Override
    boolean hasAddresses(final int slot, final long network) {
        return addresses[slot] == addressesAt(network);
    }

    @Override
    int filter(final int n) {
        final long filters = IndexLayout.filters(block);
        final int shift = IndexLayout.filterShift(block);
        final int pairShift = IndexLayout.pairShift(block);
        final int always = IndexLayout.always(block);
        final int before = IndexLayout.beforeAlways(block);
        int some = 0;
        for (int key = 0; key < n; key++) {
            final int i = keyed[key];
            final int source = source(addresses[i]);
            final int destination = destination(addresses[i]);
            final int port = destinationPort(words[i]);
            final int candidates = before & FilterLayout.candidates(filters, shift, pairShift, FilterLayout.sourceFirst(source),
                    FilterLayout.sourceMiddle(source), FilterLayout.sourceLong(source), FilterLayout.destinationFirst(destination),
                    FilterLayout.destinationMiddle(destination), FilterLayout.destinationLong(destination),
                    FilterLayout.port(port), FilterLayout.portBlock(protocol(words[i]), port));
            found[i] = always;
            left[some] = candidates;
            packets[some] = i;
            some += isSome(candidates);
        }
        return some;
    }

    @Override
    int probe(final int some) {
        final long tuples = IndexLayout.firstTuple(block);
        int hit = 0;
        for (int i = 0; i < some; i++) {
            final int packet = packets[i];
            final long tuple = tuples + (long) Integer.numberOfTrailingZeros(left[i]) * TupleLayout.BYTES;
            final int fingerprint = TupleLayout.fingerprint4(tuple, source(addresses[packet]), destination(addresses[packet]), words[packet],
                    ContextLayout.NOTHING, null);
            final long slot = TupleLayout.slot(block, tuple, fingerprint);
            hits[hit] = slot;
            hitBy[hit] = packet;
            hit += IndexLayout.isHit(slot, fingerprint);
        }
        return hit;
    }

    @Override
    void look(final int hit) {
        final long records = IndexLayout.records(block);
        for (int i = 0; i < hit; i++) {
            final int packet = hitBy[i];
            final long word = words[packet];
            found[packet] = SearchedTable4.look(block, records, hits[i], 0, found[packet], source(addresses[packet]),
                    destination(addresses[packet]), sourcePort(word), destinationPort(word), protocol(word), null);
        }
    }

    private static long addressesAt(final long network) {
        return Memory.getLongBE(network + Ipv4Layout.SOURCE);
    }

    private static int source(final long addresses) {
        return (int) (addresses >>> Integer.SIZE);
    }

    private static int destination(final long addresses) {
        return (int) addresses;
    }
}
