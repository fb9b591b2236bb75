package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;

/**
 * One chain's rules as data, in one block that can be copied anywhere: what each asks of the fields that all packets have, and where
 * rules of a kind are found by these fields.
 *
 * <pre>
 *  block     0       4        8                 16                   24 ...
 *            +-------+--------+-----------------+--------------------+------------------------------------+
 *            | rules | tuples | records' offset | tuples' offset     | records, tuples, slots, lists      |
 *            +-------+--------+-----------------+--------------------+------------------------------------+
 *
 *  record    0         64 (4) or 128 (6)          one for each rule: RecordLayout
 *
 *  tuple     a set of rules whose fields count under the same masks, found by a hash of the masked fields:
 *            0        64 (4) or 96 (6)            TupleLayout
 *
 *  slot      63           32 31            0      0: free
 *            | fingerprint  | entry        |      entry: a rule's number in the chain + 1, or negative: where a list begins
 *
 *  list      rules' numbers, 4 bytes each, ascending; -1 ends it
 * </pre>
 *
 * <p>A fingerprint says where a slot is looked for first, so that two keys of one fingerprint share a slot; records decide.
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
    /** Bytes of the header. */
    public static final int HEADER_BYTES = 64;

    /** Bytes of a slot. */
    public static final int SLOT_BYTES = 8;
    /** Ends a list. */
    public static final int LIST_END = -1;

    private static final long SOURCE_FACTOR = 0x9E37_79B9_7F4A_7C15L;
    private static final long DESTINATION_FACTOR = 0xC2B2_AE3D_27D4_EB4FL;
    private static final long PORTS_FACTOR = 0x1656_67B1_9E37_79F9L;
    private static final long IN_FACTOR = 0x27D4_EB2F_1656_67C5L;
    private static final long OUT_FACTOR = 0x94D0_49BB_1331_11EBL;
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

    /** The fingerprint of masked fields: {@code transport} is the ports and the protocol. */
    public static int fingerprint(
            final long source, final long destination, final long transport, final long in, final long out) {
        final long sum = source * SOURCE_FACTOR + destination * DESTINATION_FACTOR + transport * PORTS_FACTOR + in * IN_FACTOR
                + out * OUT_FACTOR;
        return (int) ((sum ^ sum >>> 29) * LAST_FACTOR >>> Integer.SIZE);
    }

    /** One word for two, so that IPv6's addresses fit the fingerprint. */
    public static long fold(final long high, final long low) {
        return high * OUT_FACTOR ^ low;
    }

    /** The entry of a slot for a fingerprint, from its place on; 0 if there is none. */
    static int find(final long slots, final int shift, final int fingerprint) {
        final int mask = (int) (0xFFFF_FFFFL >>> shift);
        int place = fingerprint >>> shift;
        long slot = Memory.getLong(slots + ((long) place << 3));
        while (slot != 0) {
            if ((int) (slot >>> Integer.SIZE) == fingerprint) {
                return (int) slot;
            }
            place = place + 1 & mask;
            slot = Memory.getLong(slots + ((long) place << 3));
        }
        return 0;
    }
}
