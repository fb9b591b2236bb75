package io.penstock.perf.jcstress;

import io.penstock.dataplane.hot.publish.Epoch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * {@link Epoch}: guarantee 3. The published reference is read and written opaquely, as entries of tables are that change in
 * place, so that nothing but the epoch orders them.
 */
public final class EpochStress {

    private static final int FREED = -1;
    private static final int IN_FORCE = 1;
    /** How often control looks whether the worker has passed: long enough that it often has. */
    private static final int LOOKS = 64;

    private EpochStress() {
    }

    /** A reference that is unpublished, and what it leads to. */
    private static final class Shared {

        private static final VarHandle PUBLISHED;

        static {
            try {
                PUBLISHED = MethodHandles.lookup().findVarHandle(Shared.class, "published", Node.class);
            } catch (final ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final Node node = new Node();
        private Node published = node;

        /** What the worker finds: a node's value, or 0 for none. */
        private int use() {
            final Node found = (Node) PUBLISHED.getOpaque(this);
            return found == null ? 0 : found.value;
        }

        /** Unpublishes, and frees if it may: 1 if it did. */
        private int replace(final Epoch epoch) {
            PUBLISHED.setOpaque(this, null);
            final long seen = epoch.observe();
            for (int look = 0; look < LOOKS; look++) {
                if (epoch.hasPassed(seen)) {
                    node.value = FREED;
                    return 1;
                }
            }
            return 0;
        }
    }

    /** What is freed. */
    private static final class Node {

        private int value = IN_FORCE;
    }

    /** The worker passes boundaries. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The worker used it; it is not freed yet.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The worker used it, passed a boundary, and then it was freed.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The worker came too late to find it; it is not freed yet.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "The worker came too late to find it, and it was freed.")
    @Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "The worker read what was freed.")
    @State
    public static class Boundary {

        private final Epoch epoch = new Epoch();
        private final Shared shared = new Shared();

        /** A worker at work. */
        public Boundary() {
            epoch.boundary();
        }

        /** Worker: one batch. */
        @Actor
        public void worker(final II_Result result) {
            epoch.boundary();
            result.r1 = shared.use();
            epoch.boundary();
        }

        /** Control. */
        @Actor
        public void control(final II_Result result) {
            result.r2 = shared.replace(epoch);
        }
    }

    /** The worker wakes, works, and goes away. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "The worker used it; it is not freed yet.")
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "The worker used it and went away, and then it was freed.")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "The worker woke too late to find it; it is not freed yet.")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "It was freed while the worker was away, or had found it gone.")
    @Outcome(id = "-1, .*", expect = Expect.FORBIDDEN, desc = "The worker woke and read what was freed.")
    @State
    public static class Waking {

        private final Epoch epoch = new Epoch();
        private final Shared shared = new Shared();

        /** Worker: wakes for one batch. */
        @Actor
        public void worker(final II_Result result) {
            epoch.boundary();
            result.r1 = shared.use();
            epoch.away();
        }

        /** Control. */
        @Actor
        public void control(final II_Result result) {
            result.r2 = shared.replace(epoch);
        }
    }
}
