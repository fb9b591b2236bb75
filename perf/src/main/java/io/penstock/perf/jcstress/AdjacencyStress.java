package io.penstock.perf.jcstress;

import io.penstock.dataplane.hot.fib.AdjacencyKind;
import io.penstock.dataplane.hot.fib.AdjacencyLayout;
import io.penstock.os.hot.packet.EthernetLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** {@link AdjacencyLayout}: invariants 1 and 2, of a neighbour that is found, and of one that moves to another address. */
public final class AdjacencyStress {

    private static final long OLD = 0x0A0A_0A0A_0A0AL;
    private static final long NEW = 0x0B0B_0B0B_0B0BL;
    private static final int TORN = 99;
    private static final int NOTHING = -1;

    private AdjacencyStress() {
    }

    /** A port's worker with a frame. */
    private abstract static class Sending {

        final int adjacency;
        private final long frame = Blocks.next();

        Sending(final boolean resolved) {
            final int region = SharedTable.prepare(next -> {
                final int fresh = SharedTable.freshAdjacency(next);
                if (resolved) {
                    SharedTable.WRITER.adjacencies().resolve(fresh, OLD, OLD);
                }
            });
            adjacency = SharedTable.adjacency(region);
        }

        final void resolve() {
            SharedTable.WRITER.adjacencies().resolve(adjacency, NEW, NEW);
        }

        /** The bytes of both addresses, and whether the type is right; or nothing when there is no header yet. */
        final void send(final III_Result result) {
            final long address = SharedTable.FIB.adjacency(adjacency);
            if (AdjacencyLayout.kind(AdjacencyLayout.headAcquire(address)) == AdjacencyKind.FORWARD) {
                AdjacencyLayout.writeEthernet(address, frame);
                result.r1 = octet(EthernetLayout.destination(frame));
                result.r2 = octet(EthernetLayout.source(frame));
                result.r3 = EthernetLayout.etherType(frame) == EthernetLayout.TYPE_IPV4 ? 1 : 0;
            } else {
                result.r1 = NOTHING;
                result.r2 = NOTHING;
                result.r3 = NOTHING;
            }
        }

        private static int octet(final long mac) {
            return mac == OLD || mac == NEW ? (int) mac & 0xFF : TORN;
        }
    }

    /** A neighbour is found. */
    @JCStressTest
    @Outcome(id = "-1, -1, -1", expect = Expect.ACCEPTABLE, desc = "Not found yet.")
    @Outcome(id = "11, 11, 1", expect = Expect.ACCEPTABLE, desc = "Found, and the header is complete.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "The worker sends by a header that is not all there.")
    @State
    public static class Resolve extends Sending {

        /** A neighbour that is not known. */
        public Resolve() {
            super(false);
        }

        /** Control. */
        @Actor
        public void control() {
            resolve();
        }

        /** Worker. */
        @Actor
        public void worker(final III_Result result) {
            send(result);
        }
    }

    /** A neighbour's address and our own change: each is the old or the new one, whole. */
    @JCStressTest
    @Outcome(id = "10, 10, 1", expect = Expect.ACCEPTABLE, desc = "Both old.")
    @Outcome(id = "11, 11, 1", expect = Expect.ACCEPTABLE, desc = "Both new.")
    @Outcome(id = {"10, 11, 1", "11, 10, 1"}, expect = Expect.ACCEPTABLE, desc = "One old, one new: they are changed one by one.")
    @Outcome(expect = Expect.FORBIDDEN, desc = "A frame leaves with half an address.")
    @State
    public static class Rewrite extends Sending {

        /** A neighbour that is known. */
        public Rewrite() {
            super(true);
        }

        /** Control. */
        @Actor
        public void control() {
            resolve();
        }

        /** Worker. */
        @Actor
        public void worker(final III_Result result) {
            send(result);
        }
    }
}
