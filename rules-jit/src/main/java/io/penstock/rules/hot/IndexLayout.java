package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * One chain's rules as data, in one block that can be copied anywhere: what each asks of the fields that all packets have, and where
 * rules of a kind are found by these fields.
 *
 * <pre>
 *  block     0       4        8                  16                  24      28      32                 40      44       48       52
 *            +-------+--------+------------------+-------------------+-------+-------+------------------+-------+--------+--------+---
 *            | rules | tuples | records' offset  | tuples' offset    | cont. | shift | filters' offset  | pairs'| always | before | ...
 *            +-------+--------+------------------+-------------------+-------+-------+------------------+-------+--------+--------+---
 *            then records, what they ask of the context, tuples, each tuple's slots and lists, filters (FilterLayout)
 *
 *  record    0         32 (4) or 96 (6)           one for each rule: RecordLayout
 *
 *  tuple     a set of rules whose fields count under the same masks, found by a hash of the masked fields:
 *            0        128                         TupleLayout
 *
 *  slot      63            32 31   30      0     0: free; a fingerprint is never 0
 *            | fingerprint   | L  | entry  |     entry: a rule's number in the chain + 1; with L, where a list begins, in 8 bytes
 *
 *  list      as many as are found in one place, ascending by rule; -1 ends it
 *            63            32 31           0
 *            | how many more | rule        |
 * </pre>
 *
 * <p>Filters say which tuples are worth a probe. They are there where there are no more tuples than they know. The first rule that takes every
 * packet ("always") bounds the search where it begins at or before it, and leaves the tuples that have rules before it.
 *
 * <p>A fingerprint's leading bits are its place. Where several rules are found in one place, its slot leads to a list; where they differ
 * in their fingerprints, it says so ({@link #MIXED}). Fingerprints only tell most rules apart: records decide.
 */
public final class IndexLayout {

    /** Offset of the number of rules. */
    public static final int RULES = 0;
    /** Offset of the number of tuples; 0 in a chain whose records are looked at one by one. */
    public static final int TUPLES = 4;
    /** Offset of the records' offset. */
    public static final int RECORDS_OFFSET = 8;
    /** Offset of the tuples' offset. */
    public static final int TUPLES_OFFSET = 16;
    /** Offset of what tuples look at of the packets' context: {@link ContextLayout#NOTHING}, NAMES or ALL. */
    public static final int CONTEXT = 24;
    /** Offset of how far a hash is shifted for a filter of one address and a class; 0 where there are no filters. */
    public static final int FILTER_SHIFT = 28;
    /** Offset of the filters' offset. */
    public static final int FILTERS_OFFSET = 32;
    /** Offset of how far a hash is shifted for a larger filter. */
    public static final int PAIR_SHIFT = 40;
    /** Offset of the first rule that takes every packet, or the number of rules. */
    public static final int ALWAYS = 44;
    /** Offset of the tuples that have rules before that one, a bit each. */
    public static final int BEFORE_ALWAYS = 48;
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 64;

    /** Bytes of a slot, and of a list's element. */
    public static final int SLOT_BYTES = 8;
    /** Flag of a slot: the entry is a list's place. */
    public static final long LIST = 1L << 31;
    /** Flag of a slot: the list is of several fingerprints, and is to be looked at whatever the packet's is. */
    public static final long MIXED = 1L << 30;
    /** Bits of an entry. */
    public static final long ENTRY = MIXED - 1;
    /** Ends a list. */
    public static final long LIST_END = -1;

    /**
     * Tuples probed in one round where there are no filters, before what was hit is looked at. Unit: tuples. More would probe those that a
     * better rule found first makes needless; fewer would let too few loads overlap.
     */
    static final int ROUND = 8;

    private static final long SOURCE_FACTOR = 0x9E37_79B9_7F4A_7C15L;
    private static final long DESTINATION_FACTOR = 0xC2B2_AE3D_27D4_EB4FL;
    private static final long PORTS_FACTOR = 0x1656_67B1_9E37_79F9L;
    private static final long IN_FACTOR = 0x27D4_EB2F_1656_67C5L;
    private static final long OUT_FACTOR = 0x94D0_49BB_1331_11EBL;
    private static final long IN_REST_FACTOR = 0xD6E8_FEB8_6659_FD93L;
    private static final long OUT_REST_FACTOR = 0xA24B_AED4_963E_E407L;
    private static final long MAC_FACTOR = 0x9FB2_1C65_1E98_DF25L;
    private static final long MARK_FACTOR = 0xCA5A_8263_9512_1157L;
    private static final long LAST_FACTOR = 0xBF58_476D_1CE4_E5B9L;

    private IndexLayout() {
    }

    /** How many rules the chain has. */
    public static int rules(final long block) {
        return Memory.getInt(block + RULES);
    }

    /** How many tuples it has. */
    public static int tuples(final long block) {
        return Memory.getInt(block + TUPLES);
    }

    /** Address of the records. */
    public static long records(final long block) {
        return block + Memory.getLong(block + RECORDS_OFFSET);
    }

    /** Address of the tuples. */
    public static long firstTuple(final long block) {
        return block + Memory.getLong(block + TUPLES_OFFSET);
    }

    /** What of the context counts in some tuple. */
    static int context(final long block) {
        return Memory.getInt(block + CONTEXT);
    }

    /** The place of a list's first element whose rule is one or a later one: the list's own where that is its first. */
    static long from(final long list, final int rule) {
        final long first = Memory.getLong(list);
        return (int) first >= rule ? list : laterPlace(list, (int) (first >>> Integer.SIZE), rule);
    }

    /** Halving: a list may be as long as a chain, and each of its rules may send the packet on. */
    private static long laterPlace(final long list, final int more, final int rule) {
        int before = 0;
        int after = more + 1;
        while (after - before > 1) {
            final int middle = before + after >>> 1;
            if ((int) Memory.getLong(list + (long) middle * SLOT_BYTES) < rule) {
                before = middle;
            } else {
                after = middle;
            }
        }
        return list + (long) after * SLOT_BYTES;
    }

    /** The fingerprint of masked fields: {@code transport} is the ports and the protocol, {@code context} the sum of what follows. */
    public static int fingerprint(final long source, final long destination, final long transport, final long context) {
        return mix(source * SOURCE_FACTOR + destination * DESTINATION_FACTOR + transport * PORTS_FACTOR + context);
    }

    /** What beginnings of names add to a fingerprint. */
    public static long names(final long in, final long out) {
        return in * IN_FACTOR + out * OUT_FACTOR;
    }

    /** What the rest of the context adds. */
    public static long rest(final long inRest, final long outRest, final long mac, final long mark) {
        return inRest * IN_REST_FACTOR + outRest * OUT_REST_FACTOR + mac * MAC_FACTOR + mark * MARK_FACTOR;
    }

    static int filterShift(final long block) {
        return Memory.getInt(block + FILTER_SHIFT);
    }

    static int pairShift(final long block) {
        return Memory.getInt(block + PAIR_SHIFT);
    }

    static long filters(final long block) {
        return block + Memory.getLong(block + FILTERS_OFFSET);
    }

    static int always(final long block) {
        return Memory.getInt(block + ALWAYS);
    }

    static int beforeAlways(final long block) {
        return Memory.getInt(block + BEFORE_ALWAYS);
    }

    /** Never 0: no packet finds a free slot. The last bit tells least; places are made of the first ones. */
    private static int mix(final long sum) {
        return (int) ((sum ^ sum >>> 29) * LAST_FACTOR >>> Integer.SIZE) | 1;
    }

    /** One word for two, so that IPv6's addresses fit the fingerprint. */
    public static long fold(final long high, final long low) {
        return high * OUT_FACTOR ^ low;
    }

    /** 1 if a slot is worth a look by a packet of a fingerprint, 0 if not; without a branch, because nothing foretells it. */
    public static int isHit(final long slot, final int fingerprint) {
        final int different = (int) (slot >>> Integer.SIZE) ^ fingerprint;
        return ((different | -different) >>> Integer.SIZE - 1 ^ 1) | (int) (slot >>> 30) & 1;
    }
}
