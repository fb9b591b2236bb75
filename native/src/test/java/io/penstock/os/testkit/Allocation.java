package io.penstock.os.testkit;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** How much the calling thread allocates on the heap: what shows that a length was believed before it was checked. */
public final class Allocation {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocation() {
    }

    /**
     * Fails if an action allocates more than so many bytes; what it does must bear doing twice, as the first time may load
     * classes.
     */
    public static void atMost(final long bytes, final Runnable action) {
        if (by(action) > bytes) {
            final long again = by(action);
            if (again > bytes) {
                throw new AssertionError("allocated bytes=" + again + " limit=" + bytes);
            }
        }
    }

    private static long by(final Runnable action) {
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        action.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
