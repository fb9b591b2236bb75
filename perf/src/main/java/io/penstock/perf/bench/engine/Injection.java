package io.penstock.perf.bench.engine;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookState;
import io.penstock.dataplane.api.Packet;
import io.penstock.dataplane.api.Verdict;
import java.util.Locale;

/**
 * A worsening that is put into one stage on purpose, to see whether the measurements find it: {@code slow:20@forward}, every packet there
 * costs 20 ns more; {@code allocate:16@forward}, every packet there leaves an object of 16 bytes to the collector.
 *
 * <p>The stage is a hook, where a function does it. Slowness is a chain of multiplications, each of which needs the one before, and a fence
 * behind it, without which the processor would do other packets' work meanwhile; how many take so long is found by measuring.
 *
 * @param kind   what is worse
 * @param amount ns or bytes a packet
 * @param point  where
 */
public record Injection(Kind kind, int amount, HookPoint point) {

    private static final char AT = '@';
    private static final int MAX_NS = 1_000_000;
    private static final int MAX_BYTES = 1 << 20;
    /** An array's header; objects are multiples of 8 bytes. */
    private static final int LEAST_BYTES = 16;
    private static final int OBJECT_ALIGNMENT = 8;

    /** What can be worse. */
    public enum Kind {
        SLOW,
        ALLOCATE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads one from a command line.
     *
     * @throws IllegalArgumentException saying what is wrong with it, and what is supported
     */
    public static Injection of(final String text) {
        final int at = text.indexOf(AT);
        final String what = at < 0 ? text : text.substring(0, at);
        final int colon = what.indexOf(':');
        final Kind kind = colon < 0 ? null : kind(what.substring(0, colon));
        final HookPoint point = at < 0 ? HookPoint.FORWARD : point(text.substring(at + 1));
        if (kind == null || point == null) {
            throw new IllegalArgumentException("there is no --inject '" + text
                    + "'; supported are slow:NS and allocate:BYTES, each with @prerouting, @forward (the default) or @postrouting");
        }
        final int amount;
        try {
            amount = Integer.parseInt(what.substring(colon + 1));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("--inject " + text + ": not a number: " + what.substring(colon + 1), e);
        }
        final int least = kind == Kind.SLOW ? 1 : LEAST_BYTES;
        final int most = kind == Kind.SLOW ? MAX_NS : MAX_BYTES;
        if (amount < least || amount > most || kind == Kind.ALLOCATE && amount % OBJECT_ALIGNMENT != 0) {
            throw new IllegalArgumentException("--inject " + text + " is out of range: least=" + least + " most=" + most
                    + (kind == Kind.SLOW ? " ns" : " bytes, by eights"));
        }
        return new Injection(kind, amount, point);
    }

    /** What does it, calibrated by the caller's processor. It takes some 0.2 s. */
    public HookOps hook() {
        final HookFunction function = kind == Kind.SLOW ? new Spin(Delay.ofNs(amount)) : new Allocate(amount - LEAST_BYTES);
        return HookOps.of("inject-" + kind.word() + '-' + amount, Family.INET, point, 0, function);
    }

    @Override
    public String toString() {
        return kind.word() + ':' + amount + AT + word(point);
    }

    private static Kind kind(final String word) {
        for (final Kind kind : Kind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        return null;
    }

    private static HookPoint point(final String word) {
        for (final HookPoint point : new HookPoint[] {HookPoint.PRE_ROUTING, HookPoint.FORWARD, HookPoint.POST_ROUTING}) {
            if (word(point).equals(word)) {
                return point;
            }
        }
        return null;
    }

    private static String word(final HookPoint point) {
        return point.name().replace("_", "").toLowerCase(Locale.ROOT);
    }

    private record Spin(Delay delay) implements HookFunction {

        @Override
        public int hook(final Packet packet, final HookState state) {
            delay.pass();
            return Verdict.ACCEPT;
        }
    }

    private static final class Allocate implements HookFunction {

        private final int bytes;
        /** Where what is allocated escapes to: without it the compiler would not allocate. */
        private byte[] last;

        Allocate(final int bytes) {
            this.bytes = bytes;
        }

        @Override
        public int hook(final Packet packet, final HookState state) {
            last = new byte[bytes];
            return last.length == bytes ? Verdict.ACCEPT : Verdict.DROP;
        }
    }
}
