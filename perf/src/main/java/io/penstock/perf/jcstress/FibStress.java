package io.penstock.perf.jcstress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Routes that change in place under a reader: what it finds was in force at some instant of its look-up. The same happens to an
 * IPv4 route (first result) and to an IPv6 route (second). Adjacencies are plain numbers here.
 */
public final class FibStress {

    private static final int COVERING = 1;
    private static final int SPECIFIC = 2;
    private static final int OTHER = 3;
    private static final int NONE = 0;

    private FibStress() {
    }

    /** A prefix length in a state's regions: for IPv4, a /16, and for IPv6, a /32. */
    private enum Length {
        /** The whole region: IPv4's in the root. */
        REGION(16, 32),
        /** In a table, node or skip of its own. */
        MIDDLE(20, 40),
        /** In the same table or node as {@link #MIDDLE}, or in a skip below. */
        LONG(24, 48),
        /** In one more table, node or skip. */
        LONGEST(28, 64);

        private final int bits4;
        private final int bits6;

        Length(final int bits4, final int bits6) {
            this.bits4 = bits4;
            this.bits6 = bits6;
        }
    }

    /** An address of each family, and the routes above it. */
    private abstract static class Routes {

        private static final int REGION4_SHIFT = 16;
        private static final int HOST4 = 0x0142;
        private static final long NETWORK6 = 0x2001_0000_0000_0000L;
        private static final int REGION6_SHIFT = 32;
        private static final long HOST6 = 0x0142_0042L;
        /** Other hosts, whose routes share the tables of {@link Length#LONGEST} with the host's. */
        private static final int BESIDE4 = 0x01F0;
        private static final long BESIDE6 = 0x0142_0043L;

        private final int address4;
        private final long address6;

        /** What is in force at first, alone or with a route beside; routes that an earlier state has left are removed. */
        Routes(final boolean beside, final int region, final int middle, final int longer, final int longest) {
            final int number = SharedTable.prepare(next -> {
                put(address4(next) & -1 << REGION4_SHIFT | BESIDE4, address6(next) & -1L << REGION6_SHIFT | BESIDE6,
                        Length.LONGEST, beside ? OTHER : NONE);
                put(next, Length.LONGEST, longest);
                put(next, Length.LONG, longer);
                put(next, Length.MIDDLE, middle);
                put(next, Length.REGION, region);
            });
            address4 = address4(number);
            address6 = address6(number);
        }

        final void find(final II_Result result) {
            result.r1 = SharedTable.FIB.lookup4(address4);
            result.r2 = SharedTable.FIB.lookup6(address6, 1);
        }

        final void put(final Length length, final int adjacency) {
            put(address4, address6, length, adjacency);
        }

        private static void put(final int region, final Length length, final int adjacency) {
            put(address4(region), address6(region), length, adjacency);
        }

        private static void put(final int address4, final long address6, final Length length, final int adjacency) {
            if (adjacency == NONE) {
                SharedTable.WRITER.remove4(address4, length.bits4);
                SharedTable.WRITER.remove6(address6, 0, length.bits6);
            } else if (!SharedTable.WRITER.put4(address4, length.bits4, adjacency)
                    || !SharedTable.WRITER.put6(address6, 0, length.bits6, adjacency)) {
                throw new IllegalStateException("the table has no memory left");
            }
        }

        private static int address4(final int region) {
            return region << REGION4_SHIFT | HOST4;
        }

        private static long address6(final int region) {
            return NETWORK6 | (long) region << REGION6_SHIFT | HOST6;
        }
    }

    /** A route gets another next hop. */
    @JCStressTest
    @Outcome(id = "[23], [23]", expect = Expect.ACCEPTABLE, desc = "The old or the new next hop.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Neither: garbage, or a hole.")
    @State
    public static class Replace extends Routes {

        /** One route. */
        public Replace() {
            super(false, NONE, NONE, SPECIFIC, NONE);
        }

        /** Control. */
        @Actor
        public void control() {
            put(Length.LONG, OTHER);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }

    /** A more specific route comes, with the tables that it needs. */
    @JCStressTest
    @Outcome(id = "[12], [12]", expect = Expect.ACCEPTABLE, desc = "The covering route or the new one.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Neither: garbage, or a hole.")
    @State
    public static class Announce extends Routes {

        /** A covering route. */
        public Announce() {
            super(false, COVERING, NONE, NONE, NONE);
        }

        /** Control. */
        @Actor
        public void control() {
            put(Length.LONGEST, SPECIFIC);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }

    /** A more specific route goes, and the tables that only it needed. */
    @JCStressTest
    @Outcome(id = "[12], [12]", expect = Expect.ACCEPTABLE, desc = "The route that goes or the covering one.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "Neither: garbage, or a hole.")
    @State
    public static class Withdraw extends Routes {

        /** Both routes. */
        public Withdraw() {
            super(false, COVERING, NONE, NONE, SPECIFIC);
        }

        /** Control. */
        @Actor
        public void control() {
            put(Length.LONGEST, NONE);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }

    /** A covering route comes before the specific one goes: there is always one. */
    @JCStressTest
    @Outcome(id = "[12], [12]", expect = Expect.ACCEPTABLE, desc = "The specific route or the covering one.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A hole, though at every instant there was a route.")
    @State
    public static class CoverThenWithdraw extends Routes {

        /** The specific route. */
        public CoverThenWithdraw() {
            super(false, NONE, NONE, NONE, SPECIFIC);
        }

        /** Control: two updates, in different places. */
        @Actor
        public void control() {
            put(Length.REGION, COVERING);
            put(Length.LONGEST, NONE);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }

    /** The covering route changes before the specific one goes: its old next hop is never in force for the address. */
    @JCStressTest
    @Outcome(id = "[23], [23]", expect = Expect.ACCEPTABLE, desc = "The specific route, or the covering one's new next hop.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The covering route's old next hop, which never was in force here; or a hole.")
    @State
    public static class ChangeThenWithdraw extends Routes {

        /** Both routes. */
        public ChangeThenWithdraw() {
            super(false, NONE, COVERING, NONE, SPECIFIC);
        }

        /** Control: two updates, in different places. */
        @Actor
        public void control() {
            put(Length.MIDDLE, OTHER);
            put(Length.LONGEST, NONE);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }

    /** A specific route comes before the covering one goes: a reader that misses the first must not miss both. */
    @JCStressTest
    @Outcome(id = "[12], [12]", expect = Expect.ACCEPTABLE, desc = "The covering route or the specific one.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A hole, though at every instant there was a route.")
    @State
    public static class AnnounceThenUncover extends Routes {

        /** The covering route, and the tables that the specific one will be in. */
        public AnnounceThenUncover() {
            super(true, COVERING, NONE, NONE, NONE);
        }

        /** Control: two updates, in different places. */
        @Actor
        public void control() {
            put(Length.LONGEST, SPECIFIC);
            put(Length.REGION, NONE);
        }

        /** Worker. */
        @Actor
        public void worker(final II_Result result) {
            find(result);
        }
    }
}
