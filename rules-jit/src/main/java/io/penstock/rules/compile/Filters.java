package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.IndexLayout;
import java.util.List;

/**
 * The filters of a chain ({@link IndexLayout}): a field's leading bits say in which tuples a rule may be found.
 *
 * <p>A tuple that does not count all of these bits is in every place of the filter.
 *
 * <p>Threads: control.
 */
final class Filters {

    /** Fewer tuples are probed as fast as filtered. */
    private static final int LEAST_TUPLES = 3;

    /** log2 of a filter's places, at the least and at the most: 4,096 places of 4 bytes stay in the second-level cache. */
    private static final int LEAST_LOG2 = 6;
    private static final int MOST_LOG2 = 12;

    private static final int FILTERS = 3;
    private static final long LEADING4 = 0xFFFF_0000L;
    private static final long LEADING6 = 0xFFFF_FFFF_FFFF_0000L;
    private static final int PORT_SHIFT = 32;
    private static final long PORT = 0xFFFFL << PORT_SHIFT;

    private Filters() {
    }

    /** Whether a chain of so many tuples has filters. */
    static boolean fit(final int tuples) {
        return tuples >= LEAST_TUPLES && tuples <= IndexLayout.FILTERED_TUPLES;
    }

    /** Bytes that they take. */
    static long bytes(final int rules, final int tuples) {
        return fit(tuples) ? (long) FILTERS * Integer.BYTES << log2(rules) : 0;
    }

    /** How far a hash is shifted. */
    static int shift(final int rules) {
        return Integer.SIZE - log2(rules);
    }

    private static int log2(final int rules) {
        return Math.clamp(Integer.SIZE - Integer.numberOfLeadingZeros(rules), LEAST_LOG2, MOST_LOG2);
    }

    /** Writes them; the memory holds zeros. */
    static void write(final long filters, final IpFamily family, final int rules, final List<Tuple> tuples) {
        final int shift = shift(rules);
        final long bytes = (long) Integer.BYTES << log2(rules);
        for (int i = 0; i < tuples.size(); i++) {
            final Tuple tuple = tuples.get(i);
            final FieldMask mask = tuple.mask();
            final int bit = 1 << i;
            final boolean source = counts(family, mask.sourceHigh(), mask.source());
            final boolean destination = counts(family, mask.destinationHigh(), mask.destination());
            final boolean port = (mask.transport() & PORT) == PORT;
            all(filters, bytes, bit, !source);
            all(filters + bytes, bytes, bit, !destination);
            all(filters + 2 * bytes, bytes, bit, !port);
            for (final FieldKey key : tuple.keys()) {
                one(filters, bits(family, key.sourceHigh(), key.source()), shift, bit, source);
                one(filters + bytes, bits(family, key.destinationHigh(), key.destination()), shift, bit, destination);
                one(filters + 2 * bytes, (int) (key.transport() >>> PORT_SHIFT) & 0xFFFF, shift, bit, port);
            }
        }
    }

    private static boolean counts(final IpFamily family, final long high, final long low) {
        return family == IpFamily.IPV4 ? (low & LEADING4) == LEADING4 : (high & LEADING6) == LEADING6;
    }

    private static int bits(final IpFamily family, final long high, final long low) {
        return family == IpFamily.IPV4 ? IndexLayout.filterBits((int) low) : IndexLayout.filterBits(high);
    }

    private static void all(final long filter, final long bytes, final int bit, final boolean wanted) {
        for (long place = filter; wanted && place < filter + bytes; place += Integer.BYTES) {
            Memory.putInt(place, Memory.getInt(place) | bit);
        }
    }

    private static void one(final long filter, final int bits, final int shift, final int bit, final boolean wanted) {
        if (wanted) {
            final long place = filter + 4L * IndexLayout.filterPlace(bits, shift);
            Memory.putInt(place, Memory.getInt(place) | bit);
        }
    }
}
