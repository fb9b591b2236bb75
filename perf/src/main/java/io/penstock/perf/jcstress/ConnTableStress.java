package io.penstock.perf.jcstress;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.table.TableWorker;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** {@link io.penstock.conntrack.hot.table.ConnTable}: two workers, the same tuples. */
public final class ConnTableStress {

    private static final int NONE = 0;
    private static final int WHOLE = 1;
    private static final int TORN = -1;

    private ConnTableStress() {
    }

    /** Whether what was found is a connection of that number, and whole. */
    private static int judge(final long found, final int number, final int direction) {
        if (found == 0) {
            return NONE;
        }
        final long entry = TableWorker.entry(found);
        return ConnLayout.mark(entry) == number && TableWorker.direction(found) == direction && ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4
                ? WHOLE : TORN;
    }

    /** Both confirm the same tuples. */
    @JCStressTest
    @Outcome(id = "0, [13], 1", expect = Expect.ACCEPTABLE, desc = "The first is in; the second met it, or has to try again.")
    @Outcome(id = "[13], 0, 1", expect = Expect.ACCEPTABLE, desc = "The second is in; the first met it, or has to try again.")
    @Outcome(id = "3, 3, 0", expect = Expect.ACCEPTABLE, desc = "Each met the other at work on another state that shares a bucket; both try again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both are in, or none is, or what is in is not found.")
    @State
    public static class SameTuples {

        private final int number = SharedConnections.next();
        private final long one = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);
        private final long other = SharedConnections.entry(number, 1, ConnDirection.ORIGINAL);

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            result.r1 = SharedConnections.FIRST.confirm(one);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r2 = SharedConnections.SECOND.confirm(other);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final long winner = result.r1 == 0 ? one : other;
            final boolean found = SharedConnections.find(number, ConnDirection.ORIGINAL) == winner
                    && SharedConnections.find(number, ConnDirection.REPLY) == (winner | ConnDirection.REPLY);
            result.r3 = found ? 1 : 0;
        }
    }

    /** Both confirm, each beginning at another end. */
    @JCStressTest
    @Outcome(id = "0, [13], 1", expect = Expect.ACCEPTABLE, desc = "The first is in; the second met it, or has to try again.")
    @Outcome(id = "[13], 0, 1", expect = Expect.ACCEPTABLE, desc = "The second is in; the first met it, or has to try again.")
    @Outcome(id = "3, 3, 0", expect = Expect.ACCEPTABLE, desc = "Each met the other at work on another state that shares a bucket; both try again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both are in, or none is, or what is in is not found.")
    @State
    public static class CrossedTuples {

        private final int number = SharedConnections.next();
        private final long one = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);
        private final long other = SharedConnections.entry(number, 1, ConnDirection.REPLY);

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            result.r1 = SharedConnections.FIRST.confirm(one);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r2 = SharedConnections.SECOND.confirm(other);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final long winner = result.r1 == 0 ? one : other;
            final long found = SharedConnections.find(number, ConnDirection.ORIGINAL);
            result.r3 = TableWorker.entry(found) == winner ? 1 : 0;
        }
    }

    /** One confirms, the other looks by both tuples. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Not there yet.")
    @Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "There from the second look on.")
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "There.")
    @Outcome(id = "1, 0, 1", expect = Expect.FORBIDDEN, desc = "Half of it is there.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "What is found is not all written, or the look has ended it.")
    @State
    public static class FindWhileConfirmed {

        private final int number = SharedConnections.next();
        private final long entry = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);

        /** Worker. */
        @Actor
        public void first() {
            SharedConnections.FIRST.confirm(entry);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            result.r1 = judge(SharedConnections.find(SharedConnections.SECOND, number, ConnDirection.ORIGINAL), number, ConnDirection.ORIGINAL);
            result.r2 = judge(SharedConnections.find(SharedConnections.SECOND, number, ConnDirection.REPLY), number, ConnDirection.REPLY);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            result.r3 = judge(SharedConnections.find(number, ConnDirection.ORIGINAL), number, ConnDirection.ORIGINAL);
        }
    }

    /** One ends it, the other looks by both tuples. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Still there.")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "Gone before the second look.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Gone.")
    @Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "Gone, and there again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "What is found is used for something else.")
    @State
    public static class FindWhileKilled {

        private final int number = SharedConnections.next();
        private final long entry = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);

        /** A connection in the table. */
        public FindWhileKilled() {
            SharedConnections.confirm(entry);
        }

        /** Worker. */
        @Actor
        public void first() {
            SharedConnections.FIRST.kill(entry);
        }

        /** Worker. */
        @Actor
        public void second(final II_Result result) {
            result.r1 = judge(SharedConnections.find(SharedConnections.SECOND, number, ConnDirection.ORIGINAL), number, ConnDirection.ORIGINAL);
            result.r2 = judge(SharedConnections.find(SharedConnections.SECOND, number, ConnDirection.REPLY), number, ConnDirection.REPLY);
        }
    }

    /** Both end it. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The first has.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The second has.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have, or none.")
    @State
    public static class KillTwice {

        private final long entry = SharedConnections.entry(SharedConnections.next(), 0, ConnDirection.ORIGINAL);

        /** A connection in the table. */
        public KillTwice() {
            SharedConnections.confirm(entry);
        }

        /** Worker. */
        @Actor
        public void first(final II_Result result) {
            result.r1 = SharedConnections.FIRST.kill(entry) ? 1 : 0;
        }

        /** Worker. */
        @Actor
        public void second(final II_Result result) {
            result.r2 = SharedConnections.SECOND.kill(entry) ? 1 : 0;
        }
    }

    /** One ends a connection while the other confirms the next one of the same tuples. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The next one is in, and found.")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The old one was met; nothing is there in the end.")
    @Outcome(id = "3, 0", expect = Expect.ACCEPTABLE, desc = "The other one was at work in the bucket, on another state.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The next one was taken out with the old one, or got in beside it.")
    @State
    public static class ConfirmWhileKilled {

        private final int number = SharedConnections.next();
        private final long old = SharedConnections.entry(number, 0, ConnDirection.ORIGINAL);
        private final long young = SharedConnections.entry(number, 1, ConnDirection.ORIGINAL);

        /** A connection in the table. */
        public ConfirmWhileKilled() {
            SharedConnections.confirm(old);
        }

        /** Worker. */
        @Actor
        public void first() {
            SharedConnections.FIRST.kill(old);
        }

        /** Worker. */
        @Actor
        public void second(final II_Result result) {
            result.r1 = SharedConnections.SECOND.confirm(young);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final II_Result result) {
            result.r2 = judge(SharedConnections.find(number, ConnDirection.ORIGINAL), number, ConnDirection.ORIGINAL);
        }
    }
}
