package io.penstock.perf.jcstress;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.hot.memory.Memory;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The state word of a connection: two workers, one connection. */
public final class ClaimStress {

    private static final int WORK = ConnLayout.TRACKER;
    private static final int TRACKER_STATE = 3;

    private ClaimStress() {
    }

    /** A connection in the table. */
    private static long confirmed() {
        final long entry = SharedConnections.entry(SharedConnections.next(), 0, ConnDirection.ORIGINAL);
        SharedConnections.confirm(entry);
        return entry;
    }

    private static boolean isClaimed(final long entry) {
        return (ConnLayout.state(entry) & ConnLayout.CLAIMED) != 0;
    }

    /** Both claim it, and change what only who holds it may change. */
    @JCStressTest
    @Outcome(id = "1, 1, 2", expect = Expect.ACCEPTABLE, desc = "One after the other.")
    @Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "The first held it.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The second held it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both held it, nobody did, or it was not given back.")
    @State
    public static class ClaimTwice {

        private final long entry = confirmed();

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            if (SharedConnections.FIRST.claim(entry)) {
                Memory.putLong(entry + WORK, Memory.getLong(entry + WORK) + 1);
                SharedConnections.FIRST.release(entry);
                result.r1 = 1;
            }
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            if (SharedConnections.SECOND.claim(entry)) {
                Memory.putLong(entry + WORK, Memory.getLong(entry + WORK) + 1);
                SharedConnections.SECOND.release(entry);
                result.r2 = 1;
            }
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            result.r3 = isClaimed(entry) ? -1 : (int) Memory.getLong(entry + WORK);
        }
    }

    /** One holds it and changes the tracker's state, the other ends it. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Held before it ended or while it did.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The claim met the other's change, and has to be tried again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A change of the state word was lost.")
    @State
    public static class ClaimWhileKilled {

        private final int number = SharedConnections.next();
        private final long entry = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);

        /** A connection in the table. */
        public ClaimWhileKilled() {
            SharedConnections.confirm(entry);
        }

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            if (SharedConnections.FIRST.claim(entry)) {
                ConnLayout.setTrackerState(entry, TRACKER_STATE);
                SharedConnections.FIRST.release(entry);
                result.r1 = 1;
            }
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r2 = SharedConnections.SECOND.kill(entry) ? 1 : 0;
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final boolean whole = !isClaimed(entry) && ConnLayout.hasStatus(entry, ConnStatus.DYING)
                    && ConnLayout.trackerState(entry) == (result.r1 == 1 ? TRACKER_STATE : 0);
            result.r3 = whole && SharedConnections.find(number, ConnDirection.ORIGINAL) == 0 ? 1 : 0;
        }
    }

    /** One holds it and changes the tracker's state, the other sets a bit of its status. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Both are there.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The claim met the other's change, and has to be tried again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A change of the state word was lost.")
    @State
    public static class ClaimWhileMarked {

        private final long entry = confirmed();

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            if (SharedConnections.FIRST.claim(entry)) {
                ConnLayout.setTrackerState(entry, TRACKER_STATE);
                SharedConnections.FIRST.release(entry);
                result.r1 = 1;
            }
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r2 = ConnLayout.setStatus(entry, ConnStatus.ASSURED) ? 1 : 0;
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final boolean whole = !isClaimed(entry) && ConnLayout.hasStatus(entry, ConnStatus.ASSURED)
                    && ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED)
                    && ConnLayout.trackerState(entry) == (result.r1 == 1 ? TRACKER_STATE : 0);
            result.r3 = whole ? 1 : 0;
        }
    }

    /** Both see the first answer: it is told once. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The first has set it.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The second has set it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have, or none.")
    @State
    public static class AnsweredTwice {

        private final long entry = confirmed();

        /** Worker. */
        @Actor
        public void first(final II_Result result) {
            result.r1 = ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY) ? 1 : 0;
        }

        /** Worker. */
        @Actor
        public void second(final II_Result result) {
            result.r2 = ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY) ? 1 : 0;
        }
    }

    /** Control asks for its end while a worker ends it. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "Asked for, then ended.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "It was ended already.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "It was ended twice, or not at all, or is still found.")
    @State
    public static class CondemnWhileKilled {

        private final int number = SharedConnections.next();
        private final long entry = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);

        /** A connection in the table. */
        public CondemnWhileKilled() {
            SharedConnections.confirm(entry);
        }

        /** Control. */
        @Actor
        public void control(final III_Result result) {
            result.r1 = SharedConnections.condemn(entry) ? 1 : 0;
        }

        /** Worker. */
        @Actor
        public void worker(final III_Result result) {
            result.r2 = SharedConnections.SECOND.kill(entry) ? 1 : 0;
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            result.r3 = SharedConnections.find(number, ConnDirection.ORIGINAL) == 0 && !SharedConnections.FIRST.kill(entry) ? 1 : 0;
        }
    }
}
