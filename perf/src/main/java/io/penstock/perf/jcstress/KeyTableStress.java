package io.penstock.perf.jcstress;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link KeyTable}: workers look while another one writes. */
public final class KeyTableStress {

    private static final int ABSENT = 0;
    private static final int OWN = 1;
    private static final int TORN = -1;
    private static final int BUSY = 2;

    private KeyTableStress() {
    }

    /** What is found of an element: nothing, it with its extensions, or it with others. */
    private static int look(final KeyTable table, final SetScratch key, final int which) {
        SharedKeys.set(key, which);
        final long entry = table.find(key, 0);
        if (entry == 0) {
            return ABSENT;
        }
        final Extensions extensions = table.extensions();
        final boolean counted = !extensions.has(Extensions.COUNTERS) || extensions.packets(entry) == which && extensions.bytes(entry) == ~which;
        final boolean flagged = !extensions.has(Extensions.FLAGS) || extensions.isNomatch(entry) && extensions.isWildcard(entry);
        return counted && flagged ? OWN : TORN;
    }

    private static int add(final KeyTable table, final SetScratch key, final int which) {
        SharedKeys.set(key, which);
        if (!table.tryLock()) {
            return BUSY;
        }
        SharedKeys.add(table, key, which);
        table.unlock();
        return OWN;
    }

    private static int remove(final KeyTable table, final SetScratch key, final int which) {
        SharedKeys.set(key, which);
        if (!table.tryLock()) {
            return BUSY;
        }
        final boolean removed = table.remove(key, 0);
        table.unlock();
        return removed ? OWN : ABSENT;
    }

    /** An element comes. */
    @JCStressTest
    @Outcome(id = {"0, [12]", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "Not yet, or with its extensions.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was found without its extensions.")
    @State
    public static class Comes {

        private final int which = 2 * SharedKeys.next();
        private final SetScratch writing = new SetScratch();
        private final SetScratch looking = new SetScratch();

        /** Worker. */
        @Actor
        public void writer(final II_Result result) {
            result.r2 = add(SharedKeys.COUNTED, writing, which);
        }

        /** Worker. */
        @Actor
        public void reader(final II_Result result) {
            result.r1 = look(SharedKeys.COUNTED, looking, which);
        }
    }

    /** An element comes that has its flags in the index. */
    @JCStressTest
    @Outcome(id = {"0, [12]", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "Not yet, or with its flags.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was found without its flags.")
    @State
    public static class ComesFlagged {

        private final int which = 2 * SharedKeys.next();
        private final SetScratch writing = new SetScratch();
        private final SetScratch looking = new SetScratch();

        /** Worker. */
        @Actor
        public void writer(final II_Result result) {
            result.r2 = add(SharedKeys.FLAGGED, writing, which);
        }

        /** Worker. */
        @Actor
        public void reader(final II_Result result) {
            result.r1 = look(SharedKeys.FLAGGED, looking, which);
        }
    }

    /** An element goes and another one comes, to the same lane as often as not. */
    @JCStressTest
    @Outcome(id = "[01], [01], .*", expect = Expect.ACCEPTABLE, desc = "Each is there, or not, with its own extensions.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "One was found with the other's extensions.")
    @State
    public static class GoesForAnother {

        private final int goes = 2 * SharedKeys.next();
        private final int comes = goes + 1;
        private final SetScratch writing = new SetScratch();
        private final SetScratch looking = new SetScratch();

        /** One that is there. */
        public GoesForAnother() {
            SharedKeys.put(SharedKeys.COUNTED, goes);
        }

        /** Worker. */
        @Actor
        public void writer(final III_Result result) {
            result.r3 = remove(SharedKeys.COUNTED, writing, goes);
            add(SharedKeys.COUNTED, writing, comes);
        }

        /** Worker. */
        @Actor
        public void reader(final III_Result result) {
            result.r1 = look(SharedKeys.COUNTED, looking, goes);
            result.r2 = look(SharedKeys.COUNTED, looking, comes);
        }
    }

    /** What is there stays so while its neighbours, of other states, come and go. */
    @JCStressTest
    @Outcome(id = "1, 0, [12]", expect = Expect.ACCEPTABLE, desc = "What was there was found, what was not was not.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A neighbour's change was taken for one of it.")
    @State
    public static class Stays {

        private final int stays = 2 * SharedKeys.next();
        private final SetScratch writing = new SetScratch();
        private final SetScratch looking = new SetScratch();

        /** One that is there. */
        public Stays() {
            SharedKeys.put(SharedKeys.NARROW, stays);
        }

        /** Worker. */
        @Actor
        public void writer(final III_Result result) {
            result.r3 = add(SharedKeys.NARROW, writing, stays + 1);
            remove(SharedKeys.NARROW, writing, stays + 1);
        }

        /** Worker: the one that never was is what nobody adds. */
        @Actor
        public void reader(final III_Result result) {
            result.r1 = look(SharedKeys.NARROW, looking, stays);
            result.r2 = look(SharedKeys.NARROW, looking, stays | 1 << 30);
        }
    }

    /** Two workers add one key. */
    @JCStressTest
    @Outcome(id = {"1, 1, 1", "1, 2, 1", "2, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "It is there once; one of them may have given up.")
    @Outcome(id = "2, 2, 0", expect = Expect.ACCEPTABLE, desc = "Each met the other at work on another state, and gave up.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It is not there, or twice.")
    @State
    public static class AddedTwice {

        private final int which = 2 * SharedKeys.next();
        private final SetScratch first = new SetScratch();
        private final SetScratch second = new SetScratch();

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            result.r1 = add(SharedKeys.NARROW, first, which);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r2 = add(SharedKeys.NARROW, second, which);
        }

        /** After both: it is found, and not any more when it was taken out once. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final boolean found = SharedKeys.isFound(SharedKeys.NARROW, which);
            SharedKeys.NARROW.lock();
            final boolean once = remove(first) && !remove(first);
            SharedKeys.NARROW.unlock();
            result.r3 = found && once ? 1 : 0;
        }

        private boolean remove(final SetScratch key) {
            SharedKeys.set(key, which);
            return SharedKeys.NARROW.remove(key, 0);
        }
    }
}
