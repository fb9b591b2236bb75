package io.penstock.rules.hot.set;

import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.table.Extensions;

/**
 * Elements of one range, a bit each, and what each has in an array.
 *
 * <p>An element whose time is over stays until it is swept, added again or deleted: it does not match, but counts as one of the set, and who deletes
 * it is told that it was not there.
 *
 * <p>Threads: workers; changes with the claim. Source: {@code ip_set_bitmap_gen.h}.
 */
public abstract class StoredBitmap extends StoredSet {

    /** What there is of each element; before {@link #values} lies what the type itself keeps. */
    final BitmapArray array;
    final Extensions extensions;
    final ElementParts parts;
    final long timeout;

    private final WriterClaim claim = new WriterClaim();
    private final SetValues own = new SetValues();
    private final MissedChanges missed;
    private final int ownBytes;
    private int size;
    private int orphans;

    /**
     * An empty set.
     *
     * @param elements how many there can be
     * @param ownBytes what the type keeps of each, besides what extensions do
     */
    StoredBitmap(final int dimensions, final int family, final int elements, final int ownBytes, final Extensions extensions, final long timeout,
            final MissedChanges missed) {
        super(dimensions, family, false);
        this.extensions = extensions;
        this.parts = new ElementParts(extensions, false);
        this.array = new BitmapArray(elements, extensions, ownBytes);
        this.ownBytes = ownBytes;
        this.timeout = timeout;
        this.missed = missed;
    }

    /** Which element a packet asks for; negative for none. */
    abstract int element(RulePacket packet, SetQuery query);

    /** With the claim: adds a packet's element; {@link #DONE} or {@link #EXISTS}. */
    abstract int put(int element, RulePacket packet, SetQuery query, SetValues values);

    /** Of an element that is there: whether who deletes it is told that it was not. */
    abstract boolean isOver(int element, long nowNs);

    /** Of an element that is there: whether it is to be swept. */
    abstract boolean isSwept(int element, long nowNs);

    @Override
    final boolean addOf(final RulePacket packet, final SetQuery query) {
        final int element = element(packet, query);
        if (element < 0 || !mayChange()) {
            return false;
        }
        own.fill(packet, query, timeout);
        return changed(put(element, packet, query, own));
    }

    @Override
    final boolean deleteOf(final RulePacket packet, final SetQuery query) {
        final int element = element(packet, query);
        return element >= 0 && mayChange() && changed(take(element, packet.nowNs, own));
    }

    private boolean mayChange() {
        final boolean may = claim.tryClaim();
        if (!may) {
            missed.add();
        }
        return may;
    }

    private boolean changed(final int result) {
        if (own.oldComment != 0) {
            orphans++;
        }
        claim.release();
        return result == DONE;
    }

    /** Control: may change it until {@link #release}. */
    public final void claim() {
        claim.claim();
    }

    /** Gives the claim back. */
    public final void release() {
        claim.release();
    }

    /** With the claim: an element that was not there is now. */
    final void appear(final int element) {
        array.set(element);
        size++;
    }

    /** With the claim: deletes an element; {@link #DONE}, or {@link #ABSENT} also where it was over. */
    public final int take(final int element, final long nowNs, final SetValues values) {
        values.oldComment = 0;
        if (!array.isSet(element)) {
            return ABSENT;
        }
        array.clear(element);
        size--;
        values.oldComment = dropComment(element);
        return isOver(element, nowNs) ? ABSENT : DONE;
    }

    /** Control, with the claim: of the elements of some numbers, takes out what is over. */
    public final void sweep(final int from, final int to, final long nowNs) {
        for (int i = from; i < to; i++) {
            if (array.isSet(i) && isSwept(i, nowNs)) {
                array.clear(i);
                size--;
                if (dropComment(i) != 0) {
                    orphans++;
                }
            }
        }
    }

    /** Control, with the claim: takes the elements of some numbers out. */
    public final void clear(final int from, final int to) {
        for (int i = from; i < to; i++) {
            if (array.isSet(i)) {
                array.clear(i);
                size--;
                dropComment(i);
            }
        }
    }

    private int dropComment(final int element) {
        final int comment = parts.comment(values(element));
        if (comment != 0) {
            extensions.setComment(values(element), 0);
        }
        return comment;
    }

    /** Control, with the claim: how many comments are nobody's any more since this was asked last. */
    public final int takeOrphans() {
        final int count = orphans;
        orphans = 0;
        return count;
    }

    /** Elements, with those whose time is over. */
    public final int size() {
        return size;
    }

    /** How many there can be. */
    public final int capacity() {
        return array.elements();
    }

    /** What an element has, for {@link #extensions}. */
    public final long values(final int element) {
        return array.values(element) + ownBytes;
    }

    /** How to read it. */
    public final Extensions extensions() {
        return extensions;
    }

    /** Bytes that it takes. */
    public final long memoryBytes() {
        return array.bytes();
    }

    /** Control: gives its memory back; no worker asks it any more. */
    public final void free() {
        array.free();
    }
}
