package io.penstock.rules.hot.match;

import io.penstock.os.hot.memory.Memory;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleUnaryOperator;

/**
 * A list of {@code -m hashlimit}: flows, each with its credit.
 *
 * <p>A flow's own words:
 *
 * <pre>
 *   expires   when it is gone; {@link #GONE} once it is
 *   empty     the time, in credits, at which its credit would have been nothing; or the interval's begin. Unit: ns
 *   rest      bytes: bursts left; matching rates: counted in this interval
 *   above     matching rates: whether the last interval was above the rate
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@code expires} moves on by exchange, and to {@link #GONE} by exchange: a worker that has moved it may use the flow for
 *       that long, and one that finds it gone has found nothing.</li>
 *   <li>Packets' credit counts by the nanosecond, bytes' in the kernel's own unit, which is of the same order.</li>
 *   <li>Each call looks at a few buckets when it is time, so that all are looked at once in each interval of collection.</li>
 * </ol>
 *
 * <p>Source: net/netfilter/xt_hashlimit.c. Differs from Linux: credit grows by the nanosecond, not by the tick; collecting needs
 * packets, so flows of a list that gets none stay until {@link #collect}; a new flow whose bucket is being changed by another worker, at
 * each of some tries, is let pass uncounted; rules that share a list count as its first one does; there are more buckets than were asked
 * for where those would have too many flows each. Threads: any worker; {@link #copy}, {@link #collect} and {@link #close} by control
 * threads, the last when no worker has it any more.
 */
public final class HashlimitTable implements AutoCloseable {

    /** {@link #charge}: within the limit. */
    static final int WITHIN = 0;
    /** {@link #charge}: above the limit. */
    static final int ABOVE = 1;
    /** {@link #charge}: there are too many flows. */
    static final int FULL = 2;
    /** {@link #charge}: other workers are at work in the flow's place, and nothing was charged. */
    static final int BUSY = 3;

    /** {@link #copy}: the source's upper half. */
    public static final int SOURCE_HIGH = 0;
    /** {@link #copy}: its lower half; an IPv4 address as a whole. */
    public static final int SOURCE_LOW = 1;
    /** {@link #copy}: the destination's upper half. */
    public static final int DESTINATION_HIGH = 2;
    /** {@link #copy}: its lower half. */
    public static final int DESTINATION_LOW = 3;
    /** {@link #copy}: source port, then destination port, 16 bits each. */
    public static final int PORTS = 4;
    /** {@link #copy}: when it is gone. Unit: ns */
    public static final int ENDS_NS = 5;
    /** {@link #copy}: the credit; matching rates: interval, and in the upper half whether the last one was above the rate. */
    public static final int CREDIT = 6;
    /** {@link #copy}: the most credit; bytes: bursts left; matching rates: what was counted in this interval. */
    public static final int CAP = 7;
    /** {@link #copy}: the cost; matching rates: the rate. */
    public static final int COST = 8;
    /** {@link #copy}: words. */
    public static final int WORDS = 9;

    private static final long GONE = Long.MIN_VALUE;
    private static final int EXPIRES = EntryTable.OWN;
    private static final int EMPTY = EXPIRES + Long.BYTES;
    private static final int REST = EMPTY + Long.BYTES;
    private static final int OVER = REST + Long.BYTES;
    private static final int STRIDE = 128;
    private static final int TRIES = 64;
    /** Buckets looked at in one go: about a microsecond's work. */
    private static final int SLICE = 16;
    /** How much older than it should be a flow's end may stand; less would write to its line with each packet. Unit: ns */
    private static final long SLACK_NS = 1_000_000;
    private static final long NS_PER_MS = 1_000_000;
    private static final long NS_PER_S = 1_000_000_000;
    /** 16 bytes, in which bytes are charged. */
    private static final int CHUNK_SHIFT = 4;

    private final EntryTable table;
    private final HashlimitSettings settings;
    private final boolean isBytes;
    private final boolean isRate;
    private final long costNs;
    private final long capNs;
    private final long perSecond;
    private final long expireNs;
    private final long slackNs;
    private final long intervalNs;
    private final long gcIntervalNs;
    private final long slicePeriodNs;
    /** When some buckets are to be looked at next. Unit: ns */
    private final AtomicLong due;
    /** The next bucket to look at. */
    private final AtomicLong cursor = new AtomicLong();

    /** An empty list. */
    public HashlimitTable(final HashlimitSettings settings, final long nowNs) {
        this.settings = settings;
        final int buckets = Integer.highestOneBit(settings.buckets() * 2 - 1);
        table = new EntryTable(buckets, settings.flows(), STRIDE, new SecureRandom().nextLong());
        isBytes = settings.has(HashlimitSettings.BYTES);
        isRate = settings.has(HashlimitSettings.RATE_MATCH);
        perSecond = settings.creditPerSecond();
        // Rounded apart, so that a whole burst fits into a moment.
        costNs = isBytes || isRate ? 0 : creditNs(settings.cost(), Math::floor);
        capNs = isBytes || isRate ? 0 : creditNs(settings.cap(), Math::ceil);
        expireNs = settings.expireMs() * NS_PER_MS;
        slackNs = Math.min(SLACK_NS, expireNs >>> 3);
        intervalNs = settings.intervalSeconds() * NS_PER_S;
        gcIntervalNs = settings.gcIntervalMs() * NS_PER_MS;
        slicePeriodNs = Math.max(1, gcIntervalNs / Math.max(1, buckets / SLICE));
        due = new AtomicLong(nowNs + slicePeriodNs);
    }

    /** What it was made with. */
    public HashlimitSettings settings() {
        return settings;
    }

    /** Charges a packet to its flow, which begins if it is new. */
    int charge(
            final long source,
            final long sourceLow,
            final long destination,
            final long destinationLow,
            final long ports,
            final int bytes,
            final long nowNs) {
        if (nowNs - due.getPlain() >= 0) {
            sweepSome(nowNs);
        }
        for (int i = 0; i < TRIES; i++) {
            long entry = table.find(source, sourceLow, destination, destinationLow, ports);
            if (entry == 0) {
                entry = begin(source, sourceLow, destination, destinationLow, ports, nowNs);
                if (entry <= 0) {
                    return entry == 0 ? BUSY : FULL;
                }
            }
            if (extend(entry, nowNs)) {
                return isRate ? measure(entry, isBytes ? bytes : 1, nowNs)
                        : isBytes ? spendBytes(entry, bytes, nowNs) : spend(entry, nowNs);
            }
        }
        return BUSY;
    }

    /** A new flow, or the one that another worker has just begun; 0 if its bucket is busy, -1 if there are too many. */
    private long begin(
            final long source,
            final long sourceLow,
            final long destination,
            final long destinationLow,
            final long ports,
            final long nowNs) {
        final long entry = table.take();
        if (entry == 0) {
            return -1;
        }
        Memory.putLongOpaque(entry + EXPIRES, nowNs + expireNs);
        Memory.putLongOpaque(entry + EMPTY, isRate ? nowNs : isBytes ? byteCredits(nowNs) - perSecond : nowNs - capNs);
        Memory.putLongOpaque(entry + REST, isBytes && !isRate ? settings.cap() : 0);
        Memory.putLongOpaque(entry + OVER, 0);
        return table.link(entry, source, sourceLow, destination, destinationLow, ports);
    }

    /** Puts a flow's end off; false if it has come. */
    private boolean extend(final long entry, final long nowNs) {
        final long end = nowNs + expireNs;
        for (int i = 0; i < TRIES; i++) {
            final long expires = Memory.getLongAcquire(entry + EXPIRES);
            if (expires == GONE) {
                return false;
            }
            if (end - expires < slackNs || Memory.compareAndSetLong(entry + EXPIRES, expires, end)) {
                return true;
            }
        }
        return true;
    }

    private int spend(final long entry, final long nowNs) {
        for (int i = 0; i < TRIES; i++) {
            final long was = Memory.getLongAcquire(entry + EMPTY);
            final long from = nowNs - was > capNs ? nowNs - capNs : was;
            if (nowNs - from < costNs) {
                return ABOVE;
            }
            if (Memory.compareAndSetLong(entry + EMPTY, was, from + costNs)) {
                return WITHIN;
            }
        }
        return ABOVE;
    }

    private int spendBytes(final long entry, final int bytes, final long nowNs) {
        final long now = byteCredits(nowNs);
        final long cost = Math.min(((bytes >>> CHUNK_SHIFT) + 1) * settings.cost(), perSecond);
        for (int i = 0; i < TRIES; i++) {
            final long was = Memory.getLongAcquire(entry + EMPTY);
            final long refilled = now - perSecond;
            final long from = now - was > perSecond ? refilled : was;
            final boolean needsBurst = now - from < cost;
            if (needsBurst && !takeBurst(entry)) {
                return ABOVE;
            }
            if (Memory.compareAndSetLong(entry + EMPTY, was, (needsBurst ? refilled : from) + cost)) {
                return WITHIN;
            }
            if (needsBurst) {
                // Another worker was first, and this one goes on with the credit that is there now.
                Memory.getAndAddLong(entry + REST, 1);
            }
        }
        return ABOVE;
    }

    private static boolean takeBurst(final long entry) {
        for (int i = 0; i < TRIES; i++) {
            final long rest = Memory.getLongAcquire(entry + REST);
            if (rest == 0) {
                return false;
            }
            if (Memory.compareAndSetLong(entry + REST, rest, rest - 1)) {
                return true;
            }
        }
        return false;
    }

    private int measure(final long entry, final long amount, final long nowNs) {
        turn(entry, nowNs);
        final long counted = Memory.getAndAddLong(entry + REST, amount) + amount;
        return Memory.getLongOpaque(entry + OVER) == 0 && counted <= settings.burst() ? WITHIN : ABOVE;
    }

    /** Ends the interval when its time has come. */
    private void turn(final long entry, final long nowNs) {
        final long begin = Memory.getLongAcquire(entry + EMPTY);
        final long passedNs = nowNs - begin;
        if (passedNs >= intervalNs && Memory.compareAndSetLong(entry + EMPTY, begin, nowNs)) {
            final long counted = Memory.getLongOpaque(entry + REST);
            Memory.getAndAddLong(entry + REST, -counted);
            final boolean isAbove = counted * (intervalNs / NS_PER_MS) > passedNs / NS_PER_MS * settings.rate();
            Memory.putLongOpaque(entry + OVER, isAbove ? 1 : 0);
        }
    }

    private void sweepSome(final long nowNs) {
        final long was = due.get();
        // Behind by more than a whole round, only that round is made up for.
        final long later = nowNs - was > gcIntervalNs ? nowNs - gcIntervalNs : was;
        if (nowNs - was >= 0 && due.compareAndSet(was, later + slicePeriodNs)) {
            final int mask = table.buckets() - 1;
            final long first = cursor.getAndAdd(SLICE);
            for (int i = 0; i < SLICE; i++) {
                sweep(table.bucketAt((int) (first + i) & mask), nowNs);
            }
        }
    }

    private void sweep(final long bucket, final long nowNs) {
        if ((int) Memory.getLongOpaque(bucket) == 0) {
            return;
        }
        final long head = table.claim(bucket);
        if (head < 0) {
            return;
        }
        int first = (int) head;
        int before = 0;
        int number = first;
        while (number != 0) {
            final long entry = table.at(number - 1);
            final int behind = table.behind(number);
            final long expires = Memory.getLongAcquire(entry + EXPIRES);
            if (nowNs - expires >= 0 && Memory.compareAndSetLong(entry + EXPIRES, expires, GONE)) {
                first = table.without(first, before, number);
                table.give(entry);
            } else {
                before = number;
            }
            number = behind;
        }
        table.release(bucket, head, first);
    }

    /** Forgets all flows whose time has come. Control thread. */
    public void collect(final long nowNs) {
        for (int i = 0; i < table.buckets(); i++) {
            sweep(table.bucketAt(i), nowNs);
        }
    }

    /** How many flows there may be to look at with {@link #copy}. */
    public int used() {
        return table.used();
    }

    /**
     * Copies what a flow says now. Control thread.
     *
     * @param words takes {@link #SOURCE_HIGH} to {@link #COST}
     * @return false if there is none
     */
    public boolean copy(final int index, final long nowNs, final long[] words) {
        final long entry = table.at(index);
        final long life = EntryTable.life(entry);
        words[ENDS_NS] = Memory.getLongAcquire(entry + EXPIRES);
        if (!EntryTable.isAlive(life) || words[ENDS_NS] == GONE) {
            return false;
        }
        for (int i = SOURCE_HIGH; i <= PORTS; i++) {
            words[i] = EntryTable.key(entry, i);
        }
        if (isRate) {
            turn(entry, nowNs);
        }
        final long rest = Memory.getLongOpaque(entry + REST);
        final long passed = nowNs - Memory.getLongOpaque(entry + EMPTY);
        words[CREDIT] = isRate ? Memory.getLongOpaque(entry + OVER) << Integer.SIZE | settings.intervalSeconds()
                : isBytes ? Math.min(perSecond, byteCredits(nowNs) - Memory.getLongOpaque(entry + EMPTY))
                : passed >= capNs ? settings.cap() : packetCredits(passed);
        words[CAP] = isRate || isBytes ? rest : settings.cap();
        words[COST] = isRate ? settings.rate() : settings.cost();
        return EntryTable.life(entry) == life;
    }

    /** The credits that a flow of bytes gets in a time. */
    private long byteCredits(final long ns) {
        return ns / NS_PER_S * perSecond + ns % NS_PER_S * perSecond / NS_PER_S;
    }

    /** The credits that a flow of packets gets in a time. Control thread. */
    private long packetCredits(final long ns) {
        return ns / NS_PER_S * perSecond + (long) ((double) (ns % NS_PER_S) * perSecond / NS_PER_S);
    }

    /** The time of credits, unsigned. */
    private long creditNs(final long credits, final DoubleUnaryOperator rounding) {
        final long seconds = Long.divideUnsigned(credits, perSecond);
        final double rest = Long.remainderUnsigned(credits, perSecond);
        return seconds * NS_PER_S + (long) rounding.applyAsDouble(rest / perSecond * NS_PER_S);
    }

    @Override
    public void close() {
        table.close();
    }
}
