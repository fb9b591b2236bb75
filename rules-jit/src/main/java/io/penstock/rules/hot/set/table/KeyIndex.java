package io.penstock.rules.hot.set.table;

import io.penstock.os.hot.memory.Memory;

/**
 * Where keys are found: buckets of a cache line each, full of lanes ({@link NarrowBucket}, {@link WordBucket}).
 *
 * <p>Invariants:
 * <ol>
 *   <li>The home of a word is the bucket that the high bits of its hash name, in proportion, so that any number of buckets will do, and an index
 *       of another size has the words in the same order. A word lies in its home, or in the next bucket that had room, less than {@value #MAX_WALK}
 *       further.</li>
 *   <li>A word never moves within an index.</li>
 *   <li>A lane is 0 if it is empty; the lanes of a bucket are filled from the first to the last. While a word lies past a bucket that it could
 *       not have, the last lane of that bucket is not 0: it holds another word, or {@link #LEFT} if that was taken out. So a search ends at the first
 *       bucket whose last lane is 0; it has seen every word of its home that was there all the while.</li>
 *   <li>A last lane is {@link #LEFT} only while some word lies past its bucket: where elements come and go, searches do not get longer.</li>
 * </ol>
 *
 * <p>Threads: the writer; any thread reads. Memory and size change only while nobody can find it.
 */
final class KeyIndex {

    /**
     * A word that finds no room in so many buckets is not put in: with 15 of 16 lanes in use, that takes more buckets than there are. Lower, and it
     * could happen.
     */
    static final int MAX_WALK = 64;
    /** In a last lane: none here, but some past it. */
    static final long LEFT = 1;

    static final int BUCKET_BYTES = 64;
    private static final int BUCKET_SHIFT = 6;

    private final boolean narrow;
    private final int laneShift;
    private final int lanes;
    private final int hashShift;
    private long base;
    private long buckets = 1;
    private TableEntries entries;

    /** An index that is nowhere yet. */
    KeyIndex(final boolean narrow) {
        this.narrow = narrow;
        laneShift = narrow ? NarrowBucket.LANE_SHIFT : WordBucket.LANE_SHIFT;
        lanes = narrow ? NarrowBucket.LANES : WordBucket.LANES;
        hashShift = narrow ? 0 : Integer.SIZE;
    }

    /** Lanes of a bucket. */
    static int lanes(final boolean narrow) {
        return narrow ? NarrowBucket.LANES : WordBucket.LANES;
    }

    /** Puts it into memory that is zeros. */
    void place(final long address, final long count, final TableEntries ofWords) {
        base = address;
        buckets = count;
        entries = ofWords;
    }

    /** Where the entries are that its lanes name. */
    TableEntries entries() {
        return entries;
    }

    long base() {
        return base;
    }

    long buckets() {
        return buckets;
    }

    long bytes() {
        return buckets << BUCKET_SHIFT;
    }

    /** How many words it has room for. */
    long capacity() {
        return buckets * lanes;
    }

    int lanes() {
        return lanes;
    }

    /** The bucket that a word has to be in, if it has room. */
    long home(final long word) {
        return base + ((word >>> hashShift) * buckets >>> Integer.SIZE << BUCKET_SHIFT);
    }

    /** The bucket after one. */
    long next(final long bucket) {
        final long after = bucket + BUCKET_BYTES;
        return after == base + (buckets << BUCKET_SHIFT) ? base : after;
    }

    /** A bucket's number, of the one that an address is in. */
    long number(final long address) {
        return address - base >>> BUCKET_SHIFT;
    }

    /** The bucket of a number. */
    long bucket(final long number) {
        return base + (number << BUCKET_SHIFT);
    }

    /** The address of a lane. */
    long lane(final long bucket, final int lane) {
        return bucket + ((long) lane << laneShift);
    }

    /** What a lane holds. */
    long word(final long lane) {
        return narrow ? Memory.getIntOpaque(lane) & 0xFFFF_FFFFL : Memory.getLongOpaque(lane);
    }

    /** Whether a lane's content is a word. */
    static boolean isWord(final long content) {
        return (content & ~LEFT) != 0;
    }

    /** Whether words may lie past a bucket. */
    boolean isPassed(final long bucket) {
        return word(last(bucket)) != 0;
    }

    /** The hash of a word: its order among words. */
    long hash(final long word) {
        return word >>> hashShift;
    }

    /** The lane that a word can be put into; 0 when there is none. */
    long place(final long word) {
        long bucket = home(word);
        for (long walked = 0; walked < walk(); walked++) {
            for (int lane = 0; lane < lanes; lane++) {
                final long place = lane(bucket, lane);
                if (!isWord(word(place))) {
                    return place;
                }
            }
            bucket = next(bucket);
        }
        return 0;
    }

    /** The lane that holds a word, but for so many low bits; 0 when there is none. */
    long locate(final long word, final int ignored) {
        long bucket = home(word);
        for (long walked = 0; walked < walk(); walked++) {
            for (int lane = 0; lane < lanes; lane++) {
                final long place = lane(bucket, lane);
                if ((word(place) ^ word) >>> ignored == 0) {
                    return place;
                }
            }
            if (!isPassed(bucket)) {
                return 0;
            }
            bucket = next(bucket);
        }
        return 0;
    }

    /** Puts a word into a lane: what is behind it was written before. Pairs with the fence, or the dependence, of who finds it. */
    void put(final long lane, final long word) {
        if (narrow) {
            Memory.putIntRelease(lane, (int) word);
        } else {
            Memory.putLongRelease(lane, word);
        }
    }

    /** Puts a word in; false when there is no room near its home. */
    boolean insert(final long word) {
        final long place = place(word);
        if (place == 0) {
            return false;
        }
        put(place, word);
        return true;
    }

    /** Takes a word out of its lane. */
    void take(final long place) {
        final long word = word(place);
        long bucket = place & -BUCKET_BYTES;
        final long home = home(word);
        if (place == last(bucket)) {
            put(place, LEFT);
            tidy(bucket);
        } else {
            put(place, 0);
        }
        // It may have been the last one past those that it had to pass.
        while (bucket != home) {
            bucket = bucket == base ? base + bytes() - BUCKET_BYTES : bucket - BUCKET_BYTES;
            tidy(bucket);
        }
    }

    /** Empties a last lane if nothing lies past its bucket. */
    private void tidy(final long bucket) {
        final long last = last(bucket);
        if (word(last) == LEFT && !isNeeded(bucket)) {
            put(last, 0);
        }
    }

    /** Whether a word lies past a bucket that it could not have. */
    private boolean isNeeded(final long passed) {
        long bucket = passed;
        for (long distance = 1; distance < walk(); distance++) {
            bucket = next(bucket);
            for (int lane = 0; lane < lanes; lane++) {
                final long word = word(lane(bucket, lane));
                if (isWord(word) && distance(home(word), bucket) >= distance) {
                    return true;
                }
            }
            if (!isPassed(bucket)) {
                return false;
            }
        }
        return false;
    }

    /** How many buckets one is after another. */
    private long distance(final long from, final long to) {
        final long distance = to - from >> BUCKET_SHIFT;
        return distance < 0 ? distance + buckets : distance;
    }

    private long walk() {
        return Math.min(MAX_WALK, buckets);
    }

    private long last(final long bucket) {
        return bucket + BUCKET_BYTES - (1L << laneShift);
    }
}
