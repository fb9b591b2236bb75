package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/**
 * Takes a resize through the steps of {@link IndexView}, a slice at a time.
 *
 * <p>A word is put into the new index before it is taken out of the old one. If by then somebody has taken it out of the old one, who removes the
 * connection, it is taken out of the new one again: whoever empties the old slot decides.
 *
 * <p>Nothing is removed for want of room. A smaller index that cannot take all that is there is given up: what it has goes back to the old one.
 * What a larger one cannot take, because connections that came meanwhile have filled it near a home, stays where it is until there is room; both
 * are looked in.
 *
 * <p>Threads: workers, one at a time, between {@link TableControl#tryMove} and {@link TableControl#endMove}.
 */
final class IndexMover {

    private final ConnTable table;
    private long cursor;

    IndexMover(final ConnTable table) {
        this.table = table;
    }

    /** Goes on by at most so many buckets; whether there was anything to do. */
    boolean advance(final IndexView view, final int buckets) {
        final TableControl control = table.control();
        final long phase = control.phase();
        final int step = IndexView.step(phase);
        final int wanted = control.wanted();
        if (step == IndexView.STABLE && wanted == 0) {
            return false;
        }
        if (view.phase() != phase || !control.isAdopted(phase)) {
            return true;
        }
        if (step == IndexView.STABLE) {
            if (wanted != view.old(phase).buckets()) {
                view.young(phase).setBuckets(wanted);
                control.setPhase(phase + 1);
            }
            control.clearWanted(wanted);
        } else if (step == IndexView.MOVE) {
            if (!move(view.old(phase), view.young(phase), buckets)) {
                giveUpSmaller(view, phase);
            } else if (cursor == view.old(phase).buckets()) {
                cursor = 0;
                control.setPhase(phase + 1);
            }
        } else {
            control.setPhase(phase + 1);
        }
        return true;
    }

    private void giveUpSmaller(final IndexView view, final long phase) {
        if (view.young(phase).buckets() < view.old(phase).buckets()) {
            cursor = 0;
            table.control().setPhase(IndexView.back(phase));
        }
    }

    /** False when the new index has no room for the bucket that it has come to. */
    private boolean move(final ConnIndex old, final ConnIndex young, final int buckets) {
        final long end = Math.min(cursor + buckets, old.buckets());
        for (; cursor < end; cursor++) {
            final long bucket = old.bucket(cursor);
            for (int i = 0; i < BucketLayout.SLOT_COUNT; i++) {
                final long word = Memory.getLongAcquire(ConnIndex.slot(bucket, i));
                if (word != 0 && !move(old, young, bucket, i, word)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean move(final ConnIndex old, final ConnIndex young, final long bucket, final int slot, final long word) {
        if (!young.insert(word)) {
            return false;
        }
        if (!old.removeAt(old.home(BucketLayout.hash(word)), bucket, slot, word)) {
            young.remove(word);
        }
        return true;
    }
}
