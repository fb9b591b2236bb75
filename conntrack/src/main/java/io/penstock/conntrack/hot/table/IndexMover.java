package io.penstock.conntrack.hot.table;

import io.penstock.os.hot.memory.Memory;

/**
 * Takes a resize through the steps of {@link IndexView}, a slice at a time.
 *
 * <p>A word is put into the new index before it is taken out of the old one. If by then somebody has taken it out of the old one, who removes the
 * connection, it is taken out of the new one again: whoever empties the old slot decides.
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
    boolean advance(final IndexView view, final EntryRemover remover, final int buckets, final long nowNs) {
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
            move(view.old(phase), view.young(phase), remover, buckets, nowNs);
            if (cursor == view.old(phase).buckets()) {
                cursor = 0;
                control.setPhase(phase + 1);
            }
        } else {
            control.setPhase(phase + 1);
        }
        return true;
    }

    private void move(
            final ConnIndex old, final ConnIndex young, final EntryRemover remover, final int buckets, final long nowNs) {
        final long end = Math.min(cursor + buckets, old.buckets());
        for (; cursor < end; cursor++) {
            final long bucket = old.bucket(cursor);
            for (int i = 0; i < BucketLayout.SLOT_COUNT; i++) {
                final long word = Memory.getLongAcquire(ConnIndex.slot(bucket, i));
                if (word != 0) {
                    move(old, young, remover, bucket, i, word, nowNs);
                }
            }
        }
    }

    private void move(
            final ConnIndex old,
            final ConnIndex young,
            final EntryRemover remover,
            final long bucket,
            final int slot,
            final long word,
            final long nowNs) {
        if (!young.insert(word)) {
            // The new index is too small for what there is: it goes as if to make room.
            remover.kill(table.pool().address(BucketLayout.number(word)), nowNs);
        } else if (!old.removeAt(old.home(BucketLayout.hash(word)), bucket, slot, word)) {
            young.remove(word);
        }
    }
}
