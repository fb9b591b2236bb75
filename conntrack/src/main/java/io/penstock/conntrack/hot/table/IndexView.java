package io.penstock.conntrack.hot.table;

/**
 * Which of the table's two indexes one worker uses for what, while one is moved to the other and else.
 *
 * <p>A resize goes in steps; the next step comes when all workers have taken up the last one at a batch boundary, or are away, so that workers
 * are at most one step apart:
 * <pre>
 *   step                 looks in      locks homes of   puts in
 *   {@link #STABLE}               old           old              old
 *   {@link #LOCK_BOTH}            old, new      old and new      old
 *   {@link #PUT_IN_NEW}           old, new      old and new      new
 *   {@link #MOVE}                 old, new      new              new      what is in the old one is moved
 *   STABLE               new           new              new      the old one is empty
 * </pre>
 *
 * <p>Workers of neighbouring steps share a lock for every tuple, and look wherever the other may put it. A tuple that moves is in the new index
 * before it leaves the old one; who looks does so in the old one first.
 *
 * <p>A resize that is given up goes from {@link #MOVE} to the next resize's {@link #PUT_IN_NEW}, which leads back ({@link #back}): who is in
 * either step looks in both indexes and locks homes of the one that is given up, and nothing moves until all are in the latter.
 *
 * <p>Threads: its worker.
 */
final class IndexView {

    static final int STABLE = 0;
    static final int LOCK_BOTH = 1;
    static final int PUT_IN_NEW = 2;
    static final int MOVE = 3;
    static final int STEPS = 4;

    private final ConnIndex[] indexes;
    private long phase;
    private ConnIndex first;
    private ConnIndex second;
    private ConnIndex target;
    private ConnIndex lock;
    private ConnIndex otherLock;

    IndexView(final ConnIndex[] indexes) {
        this.indexes = indexes;
        adopt(0);
    }

    /** Takes up a phase: the number of resizes that are over, times {@link #STEPS}, and the step. */
    void adopt(final long nextPhase) {
        phase = nextPhase;
        final int step = step(nextPhase);
        final ConnIndex old = old(nextPhase);
        final ConnIndex young = young(nextPhase);
        first = old;
        second = step == STABLE ? null : young;
        target = step >= PUT_IN_NEW ? young : old;
        lock = step == MOVE ? young : old;
        otherLock = step == LOCK_BOTH || step == PUT_IN_NEW ? young : null;
    }

    static int step(final long phase) {
        return (int) phase & STEPS - 1;
    }

    /** The phase that leads what is at {@link #MOVE} back to the index that it began with. */
    static long back(final long ofPhase) {
        return (ofPhase / STEPS + 1) * STEPS + PUT_IN_NEW;
    }

    /** The index that a phase begins with. */
    ConnIndex old(final long ofPhase) {
        return indexes[(int) (ofPhase / STEPS) & 1];
    }

    /** The index that a phase's resize leads to. */
    ConnIndex young(final long ofPhase) {
        return indexes[(int) (ofPhase / STEPS) + 1 & 1];
    }

    long phase() {
        return phase;
    }

    /** Where to look first. */
    ConnIndex first() {
        return first;
    }

    /** Where to look then; null when nowhere. */
    ConnIndex second() {
        return second;
    }

    /** Where to put tuples. */
    ConnIndex target() {
        return target;
    }

    /** Locks the homes of two hashes; false, with none locked, when another worker holds one. */
    boolean tryLock(final long hash0, final long hash1) {
        if (!tryLock(lock, hash0, hash1)) {
            return false;
        }
        if (otherLock != null && !tryLock(otherLock, hash0, hash1)) {
            unlock(lock, hash0, hash1);
            return false;
        }
        return true;
    }

    void unlock(final long hash0, final long hash1) {
        unlock(lock, hash0, hash1);
        if (otherLock != null) {
            unlock(otherLock, hash0, hash1);
        }
    }

    /** Takes a word out, wherever it is; false when it is nowhere. */
    boolean remove(final long word) {
        return first.remove(word) || second != null && second.remove(word);
    }

    private static boolean tryLock(final ConnIndex index, final long hash0, final long hash1) {
        // In the order of memory: of two workers that want the same two, one gets both.
        final long home0 = Math.min(index.home(hash0), index.home(hash1));
        final long home1 = Math.max(index.home(hash0), index.home(hash1));
        if (!index.tryLock(home0)) {
            return false;
        }
        if (home1 != home0 && !index.tryLock(home1)) {
            index.unlock(home0);
            return false;
        }
        return true;
    }

    private static void unlock(final ConnIndex index, final long hash0, final long hash1) {
        final long home0 = index.home(hash0);
        final long home1 = index.home(hash1);
        index.unlock(home0);
        if (home1 != home0) {
            index.unlock(home1);
        }
    }
}
