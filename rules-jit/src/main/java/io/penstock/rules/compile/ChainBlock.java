package io.penstock.rules.compile;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.hot.ContextLayout;
import io.penstock.rules.hot.IndexLayout;
import io.penstock.rules.hot.RecordLayout;
import io.penstock.rules.hot.TupleLayout;
import io.penstock.rules.model.AddressTest;
import java.util.Arrays;
import java.util.List;

/**
 * One chain's {@link IndexLayout}, sized first and written then.
 *
 * <p>Threads: control.
 */
final class ChainBlock {

    /**
     * Rules from which on a chain is searched instead of scanned. A record costs 3 ns or more where nothing foretells how many are looked at, a search
     * some 20: below, scanning is faster, and an index of 7 KiB for each small chain would be wasted.
     */
    private static final int INDEXED_FROM = 6;

    private static final int LINE = 64;
    private static final int LEAST_SLOTS_LOG2 = 2;
    /** Of an element: its rule's number. */
    private static final long RULE = 0xFFFF_FFFFL;

    private final IpFamily family;
    private final List<RuleFields> rules;
    private final int recordBytes;
    /** What of the context counts in some tuple. */
    private final int tupleContext;
    private final boolean indexed;
    private final long bytes;
    /** Null once they are written. */
    private List<Tuple> tuples;

    ChainBlock(final IpFamily family, final List<RuleFields> rules) {
        this.family = family;
        this.rules = rules;
        this.recordBytes = family == IpFamily.IPV4 ? RecordLayout.BYTES4 : RecordLayout.BYTES6;
        this.tuples = rules.size() < INDEXED_FROM ? List.of() : TupleChooser.choose(family, rules);
        this.indexed = !tuples.isEmpty();
        this.tupleContext = tuples.stream().mapToInt(tuple -> tuple.mask().context().kind()).max().orElse(ContextLayout.NOTHING);
        this.bytes = sum();
    }

    /** Bytes of the block, a whole number of cache lines. */
    long bytes() {
        return bytes;
    }

    private long sum() {
        long sum = slotsOffset();
        for (final Tuple tuple : tuples) {
            sum += slotsBytes(tuple) + listBytes(tuple);
        }
        return aligned(aligned(sum) + (hasFilters() ? Filters.bytes(rules.size(), tupleContext) : 0));
    }

    /** The chain's rules. */
    List<RuleFields> rules() {
        return rules;
    }

    /** Whether rules are searched, not scanned. */
    boolean isIndexed() {
        return indexed;
    }

    /** Writes the block, once; the memory holds zeros. */
    void write(final long block) {
        Memory.putInt(block + IndexLayout.RULES, rules.size());
        Memory.putInt(block + IndexLayout.TUPLES, tuples.size());
        Memory.putLong(block + IndexLayout.RECORDS_OFFSET, IndexLayout.HEADER_BYTES);
        Memory.putLong(block + IndexLayout.TUPLES_OFFSET, tuplesOffset());
        Memory.putInt(block + IndexLayout.CONTEXT, tupleContext);
        long record = block + IndexLayout.HEADER_BYTES;
        long context = block + contextOffset();
        for (final RuleFields rule : rules) {
            writeRecord(record, rule);
            if (rule.contextKind() != ContextLayout.NOTHING) {
                writeContext(context, rule);
                Memory.putInt(record + RecordLayout.CONTEXT, (int) (context - record));
                context += contextBytes(rule);
            }
            record += recordBytes;
        }
        long tuple = block + tuplesOffset();
        long slots = slotsOffset();
        for (final Tuple each : tuples) {
            writeTuple(tuple, each, slots);
            writeSlots(block, each, slots);
            tuple += TupleLayout.BYTES;
            slots += slotsBytes(each) + listBytes(each);
        }
        if (hasFilters()) {
            Memory.putLong(block + IndexLayout.FILTERS_OFFSET, aligned(slots));
            Memory.putInt(block + IndexLayout.FILTER_SHIFT, Filters.shift(rules.size()));
            Memory.putInt(block + IndexLayout.PAIR_SHIFT, Filters.pairShift(rules.size()));
            writeAlways(block);
            Filters.write(block + aligned(slots), family, rules, tuples, tupleContext);
        }
        tuples = null;
    }

    private boolean hasFilters() {
        return indexed && Filters.fit(tuples.size());
    }

    private void writeAlways(final long block) {
        int always = 0;
        while (always < rules.size() && !rules.get(always).takesAll()) {
            always++;
        }
        int before = 0;
        for (int i = 0; i < tuples.size(); i++) {
            before |= tuples.get(i).least() < always ? 1 << i : 0;
        }
        Memory.putInt(block + IndexLayout.ALWAYS, always);
        Memory.putInt(block + IndexLayout.BEFORE_ALWAYS, before);
    }

    private long contextOffset() {
        return IndexLayout.HEADER_BYTES + (long) rules.size() * recordBytes;
    }

    private long tuplesOffset() {
        long bytes = contextOffset();
        for (final RuleFields rule : rules) {
            bytes += contextBytes(rule);
        }
        return aligned(bytes);
    }

    private static int contextBytes(final RuleFields rule) {
        return switch (rule.contextKind()) {
            case ContextLayout.NOTHING -> 0;
            case ContextLayout.NAMES -> ContextLayout.NAMES_BYTES;
            default -> ContextLayout.BYTES;
        };
    }

    private long slotsOffset() {
        return aligned(tuplesOffset() + (long) tuples.size() * TupleLayout.BYTES);
    }

    private static long aligned(final long bytes) {
        return bytes + LINE - 1 & -LINE;
    }

    /** At most a quarter of the places is taken, so that few lists mix fingerprints. */
    private static int slotsLog2(final Tuple tuple) {
        return Math.max(LEAST_SLOTS_LOG2, Integer.SIZE - Integer.numberOfLeadingZeros(4 * tuple.fingerprints() - 1));
    }

    private static long slotsBytes(final Tuple tuple) {
        return (long) IndexLayout.SLOT_BYTES << slotsLog2(tuple);
    }

    /** As if every element were in a list, with an end of its own. */
    private static long listBytes(final Tuple tuple) {
        return (long) (tuple.total() + tuple.fingerprints()) * IndexLayout.SLOT_BYTES;
    }

    private static void writeTuple(final long at, final Tuple tuple, final long slots) {
        final FieldMask mask = tuple.mask();
        Memory.putLong(at + TupleLayout.SOURCE_MASK, mask.source());
        Memory.putLong(at + TupleLayout.DESTINATION_MASK, mask.destination());
        Memory.putLong(at + TupleLayout.TRANSPORT_MASK, mask.transport());
        Memory.putLong(at + TupleLayout.IN_MASK, mask.context().in());
        Memory.putLong(at + TupleLayout.OUT_MASK, mask.context().out());
        Memory.putLong(at + TupleLayout.IN_REST_MASK, mask.context().inRest());
        Memory.putLong(at + TupleLayout.OUT_REST_MASK, mask.context().outRest());
        Memory.putLong(at + TupleLayout.MAC_MASK, mask.context().mac());
        Memory.putLong(at + TupleLayout.MARK_MASK, mask.context().mark());
        Memory.putInt(at + TupleLayout.LEAST, tuple.least());
        Memory.putInt(at + TupleLayout.SHIFT, Integer.SIZE - slotsLog2(tuple));
        Memory.putLong(at + TupleLayout.SLOTS_OFFSET, slots);
        Memory.putLong(at + TupleLayout.SOURCE_HIGH_MASK, mask.sourceHigh());
        Memory.putLong(at + TupleLayout.DESTINATION_HIGH_MASK, mask.destinationHigh());
    }

    private static void writeSlots(final long block, final Tuple tuple, final long offset) {
        final int shift = Integer.SIZE - slotsLog2(tuple);
        final long[] elements = tuple.elements();
        long list = block + offset + slotsBytes(tuple);
        int next = 0;
        while (next < elements.length) {
            final int from = next;
            final long place = place(elements[from], shift);
            while (next < elements.length && place(elements[next], shift) == place) {
                next++;
            }
            final long slot = block + offset + place * IndexLayout.SLOT_BYTES;
            final long first = elements[from];
            if (next - from == 1) {
                Memory.putLong(slot, first + 1);
                continue;
            }
            final boolean mixed = (elements[next - 1] ^ first) >>> Integer.SIZE != 0;
            Memory.putLong(slot, first >>> Integer.SIZE << Integer.SIZE | IndexLayout.LIST | (mixed ? IndexLayout.MIXED : 0)
                    | (list - block) / IndexLayout.SLOT_BYTES);
            if (mixed) {
                sortByRule(elements, from, next);
            }
            for (int i = from; i < next; i++) {
                Memory.putLong(list, (long) (next - 1 - i) << Integer.SIZE | elements[i] & RULE);
                list += IndexLayout.SLOT_BYTES;
            }
            Memory.putLong(list, IndexLayout.LIST_END);
            list += IndexLayout.SLOT_BYTES;
        }
    }

    private static long place(final long element, final int shift) {
        return (int) (element >>> Integer.SIZE) >>> shift;
    }

    private static void sortByRule(final long[] elements, final int from, final int to) {
        for (int i = from; i < to; i++) {
            elements[i] = Long.rotateLeft(elements[i], Integer.SIZE);
        }
        Arrays.sort(elements, from, to);
        for (int i = from; i < to; i++) {
            elements[i] = Long.rotateLeft(elements[i], Integer.SIZE);
        }
    }

    private void writeRecord(final long record, final RuleFields fields) {
        final AddressTest source = fields.source();
        final AddressTest destination = fields.destination();
        if (family == IpFamily.IPV4) {
            Memory.putInt(record + RecordLayout.SOURCE4, (int) source.low());
            Memory.putInt(record + RecordLayout.SOURCE4_MASK, (int) source.maskLow());
            Memory.putInt(record + RecordLayout.DESTINATION4, (int) destination.low());
            Memory.putInt(record + RecordLayout.DESTINATION4_MASK, (int) destination.maskLow());
        } else {
            writePair(record + RecordLayout.SOURCE6, source.high(), source.low());
            writePair(record + RecordLayout.SOURCE6_MASK, source.maskHigh(), source.maskLow());
            writePair(record + RecordLayout.DESTINATION6, destination.high(), destination.low());
            writePair(record + RecordLayout.DESTINATION6_MASK, destination.maskHigh(), destination.maskLow());
        }
        Memory.putShort(record + RecordLayout.SOURCE_PORT_FIRST, fields.sourceRange().first());
        Memory.putShort(record + RecordLayout.SOURCE_PORT_LAST, fields.sourceRange().last());
        Memory.putShort(record + RecordLayout.DESTINATION_PORT_FIRST, fields.destinationRange().first());
        Memory.putShort(record + RecordLayout.DESTINATION_PORT_LAST, fields.destinationRange().last());
        Memory.putInt(record + RecordLayout.PROTOCOL_AND_FLAGS, fields.protocol()
                | (fields.protocol() == 0 ? 0 : RecordLayout.HAS_PROTOCOL) | fields.portFlag()
                | (fields.contextKind() == ContextLayout.ALL ? RecordLayout.ALL_CONTEXT : 0));
    }

    private static void writeContext(final long at, final RuleFields fields) {
        Memory.putLong(at + ContextLayout.IN, fields.in().word(0));
        Memory.putLong(at + ContextLayout.IN_MASK, fields.in().mask(0));
        Memory.putLong(at + ContextLayout.OUT, fields.out().word(0));
        Memory.putLong(at + ContextLayout.OUT_MASK, fields.out().mask(0));
        if (fields.contextKind() == ContextLayout.ALL) {
            Memory.putLong(at + ContextLayout.IN_REST, fields.in().word(Long.BYTES));
            Memory.putLong(at + ContextLayout.IN_REST_MASK, fields.in().mask(Long.BYTES));
            Memory.putLong(at + ContextLayout.OUT_REST, fields.out().word(Long.BYTES));
            Memory.putLong(at + ContextLayout.OUT_REST_MASK, fields.out().mask(Long.BYTES));
            Memory.putLong(at + ContextLayout.MAC, fields.mac() == null ? 0 : fields.mac().source() | ContextLayout.HAS_MAC);
            Memory.putInt(at + ContextLayout.MARK, fields.mark() == null ? 0 : fields.mark().mark());
            Memory.putInt(at + ContextLayout.MARK_MASK, fields.mark() == null ? 0 : fields.mark().mask());
        }
    }

    private static void writePair(final long at, final long high, final long low) {
        Memory.putLong(at, high);
        Memory.putLong(at + Long.BYTES, low);
    }
}
