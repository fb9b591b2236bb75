package io.penstock.perf.jcstress;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.TableWorker;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link io.penstock.conntrack.hot.nat.NatWorker}: two workers choose what connections are translated to. */
public final class NatStress {

    private static final int KEPT = 1;
    private static final int OTHER = 0;
    private static final int TORN = -1;
    /** A connection that is found by its reply tuple alone. */
    private static final int BY_REPLY = 4;

    private NatStress() {
    }

    /** What became of a connection that looks for what another one of its source has got. */
    private static int judge(final long entry, final int port) {
        return !SharedTranslation.isTranslated(entry) ? TORN : SharedTranslation.port(entry) == port ? KEPT : OTHER;
    }

    private static int confirm(final TableWorker worker, final long entry) {
        final int result = worker.confirm(entry);
        if (result != ConfirmResult.CLASH) {
            return result;
        }
        return worker.resolveClash(entry) == ConfirmResult.CONFIRMED ? BY_REPLY : result;
    }

    /** Whether an entry that is in the table is found by its reply tuple. */
    private static boolean isAnswered(final int result, final long entry) {
        return result != ConfirmResult.CONFIRMED && result != BY_REPLY
                || SharedTranslation.find(entry, ConnDirection.REPLY) == (entry | ConnDirection.REPLY);
    }

    /** Two connections from one source, to different servers: the one is kept while the other is looked for. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The second has seen what the first got, and has got the same.")
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Both chose at the same time.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "One is translated to what nobody asked for.")
    @State
    public static class SameSource {

        private final int number = SharedTranslation.next();
        private final long one = SharedTranslation.entry(number, 0, 0, 0);
        private final long other = SharedTranslation.entry(number, 1, 0, 1);

        /** Worker. */
        @Actor
        public void first() {
            SharedTranslation.translate(SharedTranslation.FIRST_NAT, one);
        }

        /** Worker. */
        @Actor
        public void second() {
            SharedTranslation.translate(SharedTranslation.SECOND_NAT, other);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final I_Result result) {
            result.r1 = SharedTranslation.isTranslated(one) ? judge(other, SharedTranslation.port(one)) : TORN;
        }
    }

    /** A connection ends while another one of its source looks for what it got. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "It was still known.")
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "It was gone.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The other one is translated to what nobody asked for.")
    @State
    public static class SourceEnds {

        private final int number = SharedTranslation.next();
        private final long one = SharedTranslation.entry(number, 0, 0, 0);
        private final long other = SharedTranslation.entry(number, 1, 0, 1);
        private final int port;

        /** A connection in the table. */
        public SourceEnds() {
            SharedTranslation.confirm(one);
            port = SharedTranslation.port(one);
        }

        /** Worker. */
        @Actor
        public void first() {
            SharedTranslation.FIRST.kill(one);
        }

        /** Worker. */
        @Actor
        public void second(final I_Result result) {
            SharedTranslation.translate(SharedTranslation.SECOND_NAT, other);
            result.r1 = judge(other, port);
        }
    }

    /** Two clients of one server choose among two ports, and confirm. */
    @JCStressTest
    @Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "Each has a port of its own.")
    @Outcome(id = "0, [13], 1", expect = Expect.ACCEPTABLE, desc = "Both chose the same port; the first has it.")
    @Outcome(id = "[13], 0, 1", expect = Expect.ACCEPTABLE, desc = "Both chose the same port; the second has it.")
    @Outcome(id = "3, 3, 1", expect = Expect.ACCEPTABLE, desc = "Each met somebody at work on another state that shares a bucket; both try again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both have one port, or an answer does not find its connection.")
    @State
    public static class SamePort {

        private final int number = SharedTranslation.next();
        private final long one = SharedTranslation.entry(number, 0, 0, 0);
        private final long other = SharedTranslation.entry(number, 1, 1, 0);

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            SharedTranslation.translateToOneOfTwo(SharedTranslation.FIRST_NAT, one);
            result.r1 = confirm(SharedTranslation.FIRST, one);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            SharedTranslation.translateToOneOfTwo(SharedTranslation.SECOND_NAT, other);
            result.r2 = confirm(SharedTranslation.SECOND, other);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final boolean differ = result.r1 != 0 || result.r2 != 0 || SharedTranslation.port(one) != SharedTranslation.port(other);
            result.r3 = differ && isAnswered(result.r1, one) && isAnswered(result.r2, other) ? 1 : 0;
        }
    }

    /** The first packet of one connection on both workers, each of which chooses a port. */
    @JCStressTest
    @Outcome(id = "0, 4, 1", expect = Expect.ACCEPTABLE, desc = "The first is in; the second is found by answers to it.")
    @Outcome(id = "4, 0, 1", expect = Expect.ACCEPTABLE, desc = "The second is in; the first is found by answers to it.")
    @Outcome(id = "0, [13], 1", expect = Expect.ACCEPTABLE, desc = "The first is in; the second became a part of it, or has to try again.")
    @Outcome(id = "[13], 0, 1", expect = Expect.ACCEPTABLE, desc = "The second is in; the first became a part of it, or has to try again.")
    @Outcome(id = "3, 3, 1", expect = Expect.ACCEPTABLE, desc = "Each met somebody at work on another state that shares a bucket; both try again.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Both are found by the original tuple, or an answer does not find its connection.")
    @State
    public static class SameConnection {

        private final int number = SharedTranslation.next();
        private final long one = SharedTranslation.entry(number, 0, 0, 0);
        private final long other = SharedTranslation.entry(number, 1, 0, 0);

        /** Worker. */
        @Actor
        public void first(final III_Result result) {
            SharedTranslation.translate(SharedTranslation.FIRST_NAT, one);
            result.r1 = confirm(SharedTranslation.FIRST, one);
        }

        /** Worker. */
        @Actor
        public void second(final III_Result result) {
            SharedTranslation.translate(SharedTranslation.SECOND_NAT, other);
            result.r2 = confirm(SharedTranslation.SECOND, other);
        }

        /** After both. */
        @Arbiter
        public void arbiter(final III_Result result) {
            final long winner = result.r1 == ConfirmResult.CONFIRMED ? one : result.r2 == ConfirmResult.CONFIRMED ? other : 0;
            final boolean found = SharedTranslation.find(one, ConnDirection.ORIGINAL) == winner;
            final boolean marked = ConnLayout.hasStatus(one, ConnStatus.NAT_CLASH) == (result.r1 == BY_REPLY)
                    && ConnLayout.hasStatus(other, ConnStatus.NAT_CLASH) == (result.r2 == BY_REPLY);
            result.r3 = found && marked && isAnswered(result.r1, one) && isAnswered(result.r2, other) ? 1 : 0;
        }
    }
}
