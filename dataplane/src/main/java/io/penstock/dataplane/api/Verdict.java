package io.penstock.dataplane.api;

/**
 * What a hook function returns: the verdict in the low 8 bits, its payload above (linux/netfilter.h).
 *
 * <pre>
 *  31                            16 15 14              8 7             0
 * +--------------------------------+--+-----------------+---------------+
 * | QUEUE: queue number            | B|                 | verdict       |
 * | DROP:  errno, 0 means EPERM    |  |                 |               |
 * +--------------------------------+--+-----------------+---------------+
 *                        B: QUEUE only, go on when nobody listens (bypass)
 * </pre>
 */
public final class Verdict {

    /** The packet ends here. */
    public static final int DROP = 0;
    /** On to the next function, after the last one to what follows the hook. */
    public static final int ACCEPT = 1;
    /** The function owns the packet now; see {@link Packet#steal}. */
    public static final int STOLEN = 2;
    /** To user space, queue 0; see {@link #queue}. */
    public static final int QUEUE = 3;
    /** The same function again. */
    public static final int REPEAT = 4;
    /** Accept now, skipping the functions that are left (deprecated in the kernel). */
    public static final int STOP = 5;

    private static final int MASK = 0xFF;
    private static final int BYPASS = 0x8000;
    private static final int EPERM = 1;

    private Verdict() {
    }

    /** DROP, with the error that a local sender gets. */
    public static int drop(final int errno) {
        return errno << 16 | DROP;
    }

    /** QUEUE to the given queue, 0 to 65535; dropped when nobody listens there. */
    public static int queue(final int number) {
        return number << 16 | QUEUE;
    }

    /** QUEUE to the given queue; accepted when nobody listens there. */
    public static int queueOrBypass(final int number) {
        return number << 16 | BYPASS | QUEUE;
    }

    /** The verdict without its payload. */
    public static int kind(final int verdict) {
        return verdict & MASK;
    }

    /** The queue of a QUEUE. */
    public static int queueNumber(final int verdict) {
        return verdict >>> 16;
    }

    /** True when a QUEUE without listener goes on as accepted. */
    public static boolean bypasses(final int verdict) {
        return (verdict & BYPASS) != 0;
    }

    /** The positive errno of a DROP. */
    public static int errno(final int verdict) {
        final int errno = verdict >>> 16;
        return errno == 0 ? EPERM : errno;
    }
}
