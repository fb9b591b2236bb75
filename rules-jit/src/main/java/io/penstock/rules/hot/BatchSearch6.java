package io.penstock.rules.hot;

import io.penstock.os.hot.packet.Ipv6Layout;

/**
 * {@link BatchSearch} of an IPv6 chain.
 *
 * <p>Threads: the table's worker.
 */
final class BatchSearch6 extends BatchSearch {

    private final long[] sourceHigh = new long[CAPACITY];
    private final long[] sourceLow = new long[CAPACITY];
    private final long[] destinationHigh = new long[CAPACITY];
    private final long[] destinationLow = new long[CAPACITY];

    private BatchSearch6(final long block) {
        super(block);
    }

    /** By hook, for the chains that it can be for; null for others. */
    static BatchSearch[] of(final int[] hooks, final long[] blocks) {
        final BatchSearch[] all = new BatchSearch[hooks.length];
        for (int hook = 0; hook < hooks.length; hook++) {
            if (hooks[hook] >= 0 && fits(blocks[hooks[hook]], RecordLayout.BYTES6)) {
                all[hook] = new BatchSearch6(blocks[hooks[hook]]);
            }
        }
        return all;
    }

    @Override
    void keepAddresses(final int slot, final long network) {
        sourceHigh[slot] = Ipv6Layout.sourceHigh(network);
        sourceLow[slot] = Ipv6Layout.sourceLow(network);
        destinationHigh[slot] = Ipv6Layout.destinationHigh(network);
        destinationLow[slot] = Ipv6Layout.destinationLow(network);
    }

    @Override
    boolean hasAddresses(final int slot, final long network) {
        return (sourceHigh[slot] ^ Ipv6Layout.sourceHigh(network) | sourceLow[slot] ^ Ipv6Layout.sourceLow(network)
                | destinationHigh[slot] ^ Ipv6Layout.destinationHigh(network)
                | destinationLow[slot] ^ Ipv6Layout.destinationLow(network)) == 0;
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
            final long source = sourceHigh[i];
            final long destination = destinationHigh[i];
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
            final int fingerprint = TupleLayout.fingerprint6(tuple, sourceHigh[packet], sourceLow[packet], destinationHigh[packet],
                    destinationLow[packet], words[packet], ContextLayout.NOTHING, null);
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
            found[packet] = SearchedTable6.look(block, records, hits[i], 0, found[packet], sourceHigh[packet], sourceLow[packet],
                    destinationHigh[packet], destinationLow[packet], sourcePort(word), destinationPort(word), protocol(word), null);
        }
    }
}
