package io.penstock.rules.set;

import io.penstock.rules.hot.set.SetValues;
import io.penstock.rules.hot.set.StoredSet;
import java.util.function.Consumer;

/**
 * A set without its name: what commands do to its elements. Control; one thread at a time, and workers all the while.
 */
abstract class SetContent {

    /** What a command does. */
    enum Op {
        ADD,
        DELETE,
        TEST
    }

    private static final long NS_PER_SECOND = 1_000_000_000;
    /** How often what is over is swept at the least, where the kernel does so with a timer. Unit: s. */
    private static final long SWEEP_SECONDS = 180;

    private final SetSpec spec;
    final SetValues values = new SetValues();
    final Comments comments = new Comments();
    private long sweepNs;
    private boolean retired;

    /** A set of this spec, which is in force. */
    SetContent(final SetSpec spec) {
        this.spec = spec;
    }

    /** What it was made with. */
    final SetSpec spec() {
        return spec;
    }

    /** What is in force, but for its name. */
    SetSpec inForce() {
        return spec;
    }

    /** For packets. */
    abstract StoredSet hot();

    /** Does it, or a part of it, from where the progress says; a test answers. */
    abstract boolean run(Op op, SetElement element, boolean exist, long nowNs, RangeProgress progress) throws SetProblem;

    abstract void flush();

    abstract long memoryBytes();

    abstract long elements(long nowNs);

    abstract void list(Consumer<SetElement> each, long nowNs);

    /** Whether it is a list that this place is in. */
    boolean holds(final Place place) {
        return false;
    }

    /** What has to be done now and then. */
    abstract void maintain(long nowNs);

    /** Nobody finds it any more: gives all up, when workers have. */
    final void retire(final Retirement retirement) {
        retired = true;
        giveUp(retirement);
    }

    /** Whether nobody may use it any more. */
    final boolean isRetired() {
        return retired;
    }

    abstract void giveUp(Retirement retirement);

    /** Whether another one was made with the same, as far as that counts ({@code same_set}). */
    boolean isSame(final SetSpec other) {
        return spec.type() == other.type() && spec.timeout() == other.timeout() && spec.counters() == other.counters()
                && spec.comment() == other.comment() && spec.skbinfo() == other.skbinfo();
    }

    /** Reads what an element shall have besides its key, and refuses what the set has not ({@code ip_set_get_extensions}). */
    final void readValues(final SetElement element) throws SetProblem {
        values.clear(Math.max(spec.timeout(), 0));
        if (element.says(SetElement.TIMEOUT)) {
            check(spec.timeout() != SetSpec.UNSET, SetProblem.Code.TIMEOUT);
            values.timeout = Math.min(element.timeout, SetValues.MAX_TIMEOUT);
        }
        if (element.says(SetElement.PACKETS) || element.says(SetElement.BYTES)) {
            check(spec.counters(), SetProblem.Code.COUNTER);
            values.packets = element.says(SetElement.PACKETS) ? element.packets : SetValues.AS_IT_IS;
            values.bytes = element.says(SetElement.BYTES) ? element.bytes : SetValues.AS_IT_IS;
        }
        if (element.says(SetElement.COMMENT)) {
            check(spec.comment(), SetProblem.Code.COMMENT);
        }
        if (element.says(SetElement.SKBMARK) || element.says(SetElement.SKBPRIO) || element.says(SetElement.SKBQUEUE)) {
            check(spec.skbinfo(), SetProblem.Code.SKBINFO);
            values.skbMark = element.says(SetElement.SKBMARK) ? element.skbMark : 0;
            values.skbMask = element.says(SetElement.SKBMARK) ? element.skbMask : 0;
            values.skbPrio = element.says(SetElement.SKBPRIO) ? element.skbPrio : 0;
            values.skbQueue = element.says(SetElement.SKBQUEUE) ? element.skbQueue : 0;
        }
        values.nomatch = element.nomatch;
        values.wildcard = element.wildcard;
    }

    /** Tells in an element what it has besides its key. */
    final void tell(final SetElement element, final long secondsLeft, final long packets, final long bytes, final long mark, final long prio,
            final String comment) {
        if (spec.timeout() != SetSpec.UNSET) {
            element.said |= SetElement.TIMEOUT;
            element.timeout = secondsLeft;
        }
        if (spec.counters()) {
            element.said |= SetElement.PACKETS | SetElement.BYTES;
            element.packets = packets;
            element.bytes = bytes;
        }
        if (comment != null) {
            element.said |= SetElement.COMMENT;
            element.comment = comment;
        }
        if (spec.skbinfo()) {
            element.skbMark = (int) mark;
            element.skbMask = (int) (mark >>> Integer.SIZE);
            element.skbPrio = (int) prio;
            element.skbQueue = (int) (prio >>> Integer.SIZE);
            element.said |= (mark != 0 ? SetElement.SKBMARK : 0) | (element.skbPrio != 0 ? SetElement.SKBPRIO : 0)
                    | (element.skbQueue != 0 ? SetElement.SKBQUEUE : 0);
        }
    }

    /** The time of its first sweep is counted from now. */
    final void begin(final long nowNs) {
        sweepNs = nowNs + periodNs();
    }

    /** Whether it is time to sweep, as often as the kernel does ({@code IPSET_GC_PERIOD}). */
    final boolean isSweepDue(final long nowNs) {
        if (spec.timeout() == SetSpec.UNSET || nowNs - sweepNs < 0) {
            return false;
        }
        sweepNs = nowNs + periodNs();
        return true;
    }

    private long periodNs() {
        return Math.clamp(spec.timeout() / 3, 1, SWEEP_SECONDS) * NS_PER_SECOND;
    }

    static void check(final boolean holds, final SetProblem.Code code) throws SetProblem {
        if (!holds) {
            throw new SetProblem(code);
        }
    }
}
