package io.penstock.perf.wire;

/**
 * What a generator's program and this process share: the only value of an array map. All are eight bytes.
 *
 * <pre>
 *  0         8       16        24     32     40          48         56           64
 * +---------+-------+---------+------+------+-----------+----------+------------+---------+
 * | sequence| flow  | start ns| due  | end  | interval  | next gap | next frame | elapsed |
 * +---------+-------+---------+------+------+-----------+----------+------------+---------+
 * </pre>
 *
 * <p>Due, end, interval and elapsed are times with {@link #FRACTION_BITS} bits below the nanosecond; due, end and elapsed since
 * the start. The program writes sequence, flow, due, elapsed and, while a run goes on, the indices of the next gap and the next
 * frame; this process the rest. An interval of 0 means that frames are not paced.
 */
final class GeneratorLayout {

    /** Rates are exact to 1e-5 at 1 million frames a second, for 39 hours. */
    static final int FRACTION_BITS = 16;

    static final int SEQUENCE = 0;
    static final int FLOW = 8;
    static final int START_NS = 16;
    static final int DUE = 24;
    static final int END = 32;
    static final int INTERVAL = 40;
    static final int GAP = 48;
    static final int FRAME = 56;
    /** When the latest paced frame was sent. */
    static final int ELAPSED = 64;
    static final int BYTES = 72;

    /** On the program's stack: its context. */
    static final int STACK_CONTEXT = -8;
    /** On the program's stack: when the frame was due on CLOCK_MONOTONIC, or 0 when it is not paced. */
    static final int STACK_DUE_NS = -16;
    /** On the program's stack: the frame's entry of the table of sizes. */
    static final int STACK_SIZE = -24;

    private GeneratorLayout() {
    }
}
