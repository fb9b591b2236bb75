package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;
import io.penstock.rules.hot.SetScratch;
import java.lang.invoke.VarHandle;

/**
 * In which form a table keeps its keys: what of a key is in the index, and what in its entry.
 *
 * <pre>
 *   keys, extensions                              a lane in the index                      an entry
 *   32 bits, none                                 the permuted key, 32 bits                none
 *   one word, none                                the permuted key, 64 bits                none
 *   one word (62 bits), flags                     the permuted key, flags                  none
 *   32 bits, others                               the permuted key, the entry's number     extensions
 *   one word to five, any                         a hash of 32 bits, the entry's number    the key, extensions
 * </pre>
 *
 * <p>Where the lane has a permuted key, lanes are equal when keys are: a look-up reads one cache line. The word of a key is what its lane holds, with
 * zeros for flags and number. Threads: any; immutable.
 */
final class KeyForm {

    private static final int MAX_WORDS = 5;
    private static final int FLAG_BITS = 2;
    private static final int KEY1 = 8;
    private static final int KEY2 = 16;
    private static final int KEY3 = 24;
    private static final int KEY4 = 32;
    private static final long LOW = 0xFFFF_FFFFL;

    private final int keyWords;
    private final long secret0;
    private final long secret1;
    private final KeyPermutation permutation;
    private final boolean narrowLanes;
    private final boolean entries;
    /** Words of the key that are in the entry. */
    private final int storedWords;
    /** Where the lane has no entry's number: low bits that are flags. */
    private final int flagBits;
    private final Extensions extensions;

    /** The form that is right for such keys. */
    KeyForm(final int keyWords, final boolean narrow, final Extensions wanted, final long secret0, final long secret1) {
        if (keyWords < 1 || keyWords > MAX_WORDS || narrow && keyWords > 1) {
            throw new IllegalArgumentException("a table of such keys is not possible: keyWords=" + keyWords + " narrow=" + narrow
                    + "; choose 1 to " + MAX_WORDS + " words, 1 if narrow");
        }
        this.keyWords = keyWords;
        this.secret0 = secret0;
        this.secret1 = secret1;
        final boolean flags = wanted.has(Extensions.FLAGS);
        entries = keyWords > 1 || !wanted.hasOnly(Extensions.FLAGS);
        narrowLanes = narrow && !entries && !flags;
        flagBits = !entries && flags ? FLAG_BITS : 0;
        storedWords = !entries || narrow ? 0 : keyWords;
        permutation = storedWords > 0 ? null : new KeyPermutation(
                entries || narrowLanes ? Integer.SIZE : Long.SIZE - flagBits, narrowLanes ? Integer.SIZE : 0, secret0, secret1);
        extensions = wanted.ofBehind(storedWords);
    }

    /** Behind what of the key is in the entry. */
    Extensions extensions() {
        return extensions;
    }

    int keyWords() {
        return keyWords;
    }

    /** Whether elements have entries. */
    boolean hasEntries() {
        return entries;
    }

    /** Whether lanes have 32 bits, else 64. */
    boolean hasNarrowLanes() {
        return narrowLanes;
    }

    /** Low bits of a lane that are flags. */
    int flagBits() {
        return flagBits;
    }

    /** Words of the key that are in the entry. */
    int storedWords() {
        return storedWords;
    }

    /** The word of a key. */
    long word(final SetScratch key) {
        if (permutation != null) {
            return permutation.of(key.key0);
        }
        return KeyHash.of(secret0, secret1, keyWords, key.key0, key.key1, key.key2, key.key3, key.key4) << Integer.SIZE;
    }

    /** The word of a key of one word. */
    long word(final long key0) {
        return permutation != null ? permutation.of(key0) : KeyHash.of(secret0, secret1, 1, key0, 0, 0, 0, 0) << Integer.SIZE;
    }

    /** Whether a word means something else in a lane, so that its element is none of the index's. */
    boolean isSpecial(final long word) {
        return !entries && word >>> 2 == 0;
    }

    /** Which special word it is. */
    int special(final long word) {
        return flagBits == 0 ? (int) word : 0;
    }

    /** Whether an entry with the right hash is a key's. */
    boolean isEntryOf(final long entry, final long key0, final long key1, final long key2, final long key3, final long key4) {
        if (storedWords == 0) {
            return true;
        }
        long differences = Memory.getLong(entry) ^ key0;
        if (storedWords > 1) {
            differences |= Memory.getLong(entry + KEY1) ^ key1;
            if (storedWords > 2) {
                differences |= Memory.getLong(entry + KEY2) ^ key2 | rest(entry, key3, key4);
            }
        }
        return differences == 0;
    }

    /** Writes what of the key is in the entry, and zeros for the extensions. */
    void initialize(final long entry, final SetScratch key) {
        for (int word = 0; word < storedWords; word++) {
            Memory.putLong(entry + (long) word * Long.BYTES, wordOf(key, word));
        }
        for (int offset = storedWords * Long.BYTES; offset < extensions.entryBytes(); offset += Long.BYTES) {
            Memory.putLong(entry + offset, 0);
        }
    }

    /** The key of an element, from its lane and, if it has one, its entry. */
    void keyOf(final long lane, final long entry, final SetScratch to) {
        if (permutation != null) {
            to.key0 = permutation.keyOf(lane);
            return;
        }
        to.key0 = Memory.getLong(entry);
        to.key1 = storedWords > 1 ? Memory.getLong(entry + KEY1) : 0;
        to.key2 = storedWords > 2 ? Memory.getLong(entry + KEY2) : 0;
        to.key3 = storedWords > 3 ? Memory.getLong(entry + KEY3) : 0;
        to.key4 = storedWords > 4 ? Memory.getLong(entry + KEY4) : 0;
    }

    /** The word of a special element, with its flags. */
    long specialWord(final int number, final long answer) {
        return flagBits == 0 ? number : extensions.flags(answer);
    }

    /** What find answers for a lane without an entry. */
    long answerOf(final long lane) {
        return Extensions.present(flagBits == 0 ? 0 : lane & Extensions.FLAG_BITS);
    }

    /**
     * The entry of a key, looked for lane by lane; 0 for none. Needed where several lanes of a bucket have the hash, or some lie past their home.
     */
    long locateEntry(
            final KeyIndex index,
            final long word,
            final long key0,
            final long key1,
            final long key2,
            final long key3,
            final long key4) {
        long bucket = index.home(word);
        for (int walked = 0; walked < KeyIndex.MAX_WALK; walked++) {
            for (int lane = WordBucket.matching(bucket, word) == 0 ? WordBucket.LANES : 0; lane < WordBucket.LANES; lane++) {
                final long found = WordBucket.lane(bucket, lane);
                if ((found ^ word) >>> Integer.SIZE == 0 && KeyIndex.isWord(found)) {
                    VarHandle.acquireFence();
                    final long entry = index.entries().address(numberOf(found));
                    if (isEntryOf(entry, key0, key1, key2, key3, key4)) {
                        return entry;
                    }
                }
            }
            if (!WordBucket.isPassed(bucket)) {
                return 0;
            }
            bucket = index.next(bucket);
        }
        return 0;
    }

    /** The number of an entry. */
    static long numberOf(final long lane) {
        return lane & LOW;
    }

    private long rest(final long entry, final long key3, final long key4) {
        final long third = storedWords > 3 ? Memory.getLong(entry + KEY3) ^ key3 : 0;
        return storedWords > 4 ? third | Memory.getLong(entry + KEY4) ^ key4 : third;
    }

    private static long wordOf(final SetScratch key, final int word) {
        return switch (word) {
            case 0 -> key.key0;
            case 1 -> key.key1;
            case 2 -> key.key2;
            case 3 -> key.key3;
            default -> key.key4;
        };
    }
}
