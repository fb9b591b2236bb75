package io.penstock.perf.jcstress;

import io.penstock.dataplane.hot.icmp.IcmpLimits;
import io.penstock.dataplane.hot.icmp.LimitSettings;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** {@link IcmpLimits}: what two workers take at the same time is taken from both. */
public final class LimitsStress {

    private static final long NOW_NS = 1_000_000_000L;
    private static final long HOST = 7;
    /** What a host may be sent at once. */
    private static final int BURST = 6;

    private LimitsStress() {
    }

    private static IcmpLimits create(final int taken) {
        final IcmpLimits limits = new IcmpLimits(new LimitSettings(), 4, 1);
        for (int i = 0; i < taken; i++) {
            limits.redirect6(0, HOST, NOW_NS);
        }
        return limits;
    }

    /** One message may be sent to a host, and two workers have one. */
    @JCStressTest
    @Outcome(id = {"true, false", "false, true"}, expect = Expect.ACCEPTABLE, desc = "One of them sends it.")
    @Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "Neither does: what was allowed is lost.")
    @Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "Both do: the same token was taken twice.")
    @State
    public static class LastToken {

        private final IcmpLimits limits = create(BURST - 1);

        /** A worker. */
        @Actor
        public void one(final ZZ_Result result) {
            result.r1 = limits.redirect6(0, HOST, NOW_NS);
        }

        /** Another. */
        @Actor
        public void other(final ZZ_Result result) {
            result.r2 = limits.redirect6(0, HOST, NOW_NS);
        }
    }

    /** A host may be told one redirect at a time, and two workers have one, of which one's clock is ahead. */
    @JCStressTest
    @Outcome(id = {"true, false", "false, true"}, expect = Expect.ACCEPTABLE, desc = "One of them sends it.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The back-off has counted both as the first, or neither.")
    @State
    public static class BackOff {

        private static final long MS = 1_000_000L;
        private static final long LATER_NS = NOW_NS + 100_000 * MS;

        private final IcmpLimits limits = create(0);

        /** Makes the host known, so that the workers do not race for its place. */
        public BackOff() {
            limits.redirect4((int) HOST, NOW_NS);
        }

        /** A worker. */
        @Actor
        public void one(final ZZ_Result result) {
            result.r1 = limits.redirect4((int) HOST, LATER_NS);
        }

        /** Another. */
        @Actor
        public void other(final ZZ_Result result) {
            result.r2 = limits.redirect4((int) HOST, LATER_NS + MS);
        }
    }
}
