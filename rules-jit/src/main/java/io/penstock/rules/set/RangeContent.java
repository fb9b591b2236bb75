package io.penstock.rules.set;

import io.penstock.rules.hot.set.StoredBitmap;
import io.penstock.rules.hot.set.StoredSet;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.set.SetProblem.Code;
import java.util.BitSet;

/** What the elements of one range have in common ({@code ip_set_bitmap_gen.h}). Control; one thread at a time. */
abstract class RangeContent extends SetContent {

    /** Elements that are looked at with the claim at once: some microseconds. */
    private static final int SLICE = 1024;
    /** Between two slices, some 50 ns each: a worker that waits has to see that the claim is free. */
    private static final int SPINS_BETWEEN = 20;

    private final StoredBitmap set;

    RangeContent(final SetSpec spec, final StoredBitmap set) {
        super(spec);
        this.set = set;
    }

    /** What is done to the elements of some numbers. */
    private interface Slice {

        void run(int from, int to);
    }

    /** What elements of such a set have. */
    static Extensions extensions(final SetSpec spec) {
        return Extensions.of((spec.timeout() != SetSpec.UNSET ? Extensions.TIMEOUT : 0) | (spec.counters() ? Extensions.COUNTERS : 0)
                | (spec.skbinfo() ? Extensions.SKBINFO : 0) | (spec.comment() ? Extensions.COMMENT : 0));
    }

    @Override
    final StoredSet hot() {
        return set;
    }

    final boolean isIn(final long value) {
        return value >= spec().rangeFrom() && value <= spec().rangeTo();
    }

    /** With the claim: adds an element with {@link #values}; what the set answers. */
    abstract int put(int number, SetElement element, boolean exist, long nowNs);

    /** Adds or deletes an element, by its number. */
    final void change(final Op op, final int number, final SetElement element, final boolean exist, final long nowNs) throws SetProblem {
        values.comment = op == Op.ADD && element.says(SetElement.COMMENT) ? comments.put(element.comment) : 0;
        set.claim();
        final int result;
        try {
            result = op == Op.ADD ? put(number, element, exist, nowNs) : set.take(number, nowNs, values);
        } finally {
            set.release();
        }
        comments.drop(values.oldComment);
        if (result != StoredSet.DONE) {
            comments.drop(values.comment);
            check(exist, Code.EXIST);
        }
    }

    @Override
    void flush() {
        inSlices(set::clear);
        comments.clear();
    }

    /** Does something with the claim to all elements, and lets workers have it in between: they wait for it some microseconds only. */
    private void inSlices(final Slice slice) {
        for (int from = 0; from < set.capacity(); from += SLICE) {
            set.claim();
            try {
                slice.run(from, Math.min(from + SLICE, set.capacity()));
            } finally {
                set.release();
            }
            for (int i = 0; i < SPINS_BETWEEN; i++) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    long memoryBytes() {
        return set.memoryBytes() + comments.bytes();
    }

    @Override
    long elements(final long nowNs) {
        return set.size();
    }

    /** Tells what an element has. */
    final void tell(final SetElement element, final int number, final long secondsLeft) {
        final SetSpec spec = spec();
        final Extensions extensions = set.extensions();
        final long values = set.values(number);
        tell(element, secondsLeft, spec.counters() ? extensions.packets(values) : 0, spec.counters() ? extensions.bytes(values) : 0,
                spec.skbinfo() ? extensions.skbMarkAndMask(values) : 0, spec.skbinfo() ? extensions.skbPrioAndQueue(values) : 0,
                spec.comment() ? comments.get(extensions.comment(values)) : null);
    }

    /** When an element's time is over; 0 for never. */
    final long endNs(final int number) {
        return spec().timeout() == SetSpec.UNSET ? 0 : set.extensions().expiryNs(set.values(number));
    }

    @Override
    void maintain(final long nowNs) {
        final boolean due = isSweepDue(nowNs);
        if (!due && !spec().comment()) {
            return;
        }
        if (due) {
            inSlices((from, to) -> set.sweep(from, to, nowNs));
        }
        final boolean hasOrphans;
        set.claim();
        try {
            hasOrphans = set.takeOrphans() > 0;
        } finally {
            set.release();
        }
        // Packets take comments away, and give none: what is in use without the claim is so, or is an orphan of the next round.
        if (hasOrphans) {
            final BitSet used = new BitSet();
            for (int i = 0; i < set.capacity(); i++) {
                used.set(set.extensions().comment(set.values(i)));
            }
            comments.keep(used::get);
        }
    }

    @Override
    void giveUp(final Retirement retirement) {
        retirement.retire(set::free);
    }

    @Override
    boolean isSame(final SetSpec other) {
        return super.isSame(other) && spec().rangeFrom() == other.rangeFrom() && spec().rangeTo() == other.rangeTo();
    }
}
