package io.penstock.perf.jcstress;

import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.hot.publish.Generation;
import io.penstock.dataplane.hot.publish.GenerationSlot;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** {@link GenerationSlot}: guarantees 2 and 3. */
public final class GenerationSlotStress {

    private static final int NOTHING = -1;
    private static final int FREED = 99;
    /** How often control looks for the acknowledgement: long enough that it is often there. */
    private static final int LOOKS = 64;

    private GenerationSlotStress() {
    }

    /** What hangs on a generation: plain fields, so that nothing but the slot orders them. */
    private static final class Contents implements QueueHandler {

        private int value;
        private int scratch;

        @Override
        public int enqueue(final Packet packet, final HookState state, final int queue, final long token) {
            return NOBODY;
        }
    }

    /** A worker that picks a generation up sees all that was written before it was published. */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "The worker looked before the generation was published.")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The worker has the generation and sees what it holds.")
    @Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "The worker runs a generation that is not all there.")
    @State
    public static class Publication {

        private final GenerationSlot slot = new GenerationSlot();
        private final Contents contents = new Contents();
        private final Generation generation = new Generation(1, null, contents);

        /** Control. */
        @Actor
        public void control() {
            contents.value = 1;
            slot.publishRelease(generation);
        }

        /** Worker. */
        @Actor
        public void worker(final I_Result result) {
            final Generation next = slot.poll();
            result.r1 = next == null ? NOTHING : ((Contents) next.queueHandler()).value;
        }
    }

    /** A publisher that sees a number acknowledged knows the generation before to be unused, and sees what it left behind. */
    @JCStressTest
    @Outcome(id = "0, -1", expect = Expect.ACCEPTABLE, desc = "Not acknowledged yet; the old generation is left alone.")
    @Outcome(id = "0, 7", expect = Expect.ACCEPTABLE, desc = "Acknowledged: the worker's writes are there, and it is freed unseen.")
    @Outcome(id = "99, .*", expect = Expect.FORBIDDEN, desc = "The worker reads a generation that has been freed.")
    @Outcome(id = "0, 0", expect = Expect.FORBIDDEN, desc = "Acknowledged, but what the worker wrote before is missing.")
    @State
    public static class Acknowledgement {

        private final GenerationSlot slot = new GenerationSlot();
        private final Contents old = new Contents();
        private final Generation next = new Generation(2, null, null);

        /** Worker: the last batch with the old generation, then the boundary. */
        @Actor
        public void worker(final II_Result result) {
            result.r1 = old.value;
            old.scratch = 7;
            final Generation polled = slot.poll();
            if (polled != null) {
                slot.acknowledgeRelease(polled.number());
            }
        }

        /** Control: replaces, and frees if it may. */
        @Actor
        public void control(final II_Result result) {
            slot.publishRelease(next);
            result.r2 = NOTHING;
            for (int look = 0; look < LOOKS && result.r2 == NOTHING; look++) {
                if (slot.acknowledgedAcquire() >= next.number()) {
                    result.r2 = old.scratch;
                    old.value = FREED;
                }
            }
        }
    }
}
