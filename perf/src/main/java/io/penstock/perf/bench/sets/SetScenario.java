package io.penstock.perf.bench.sets;

import io.penstock.perf.sets.SetKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What {@code bench sets} measures. */
enum SetScenario {

    /** {@code -m set}, against the same packets without the rule. */
    MATCH(List.of(SetKind.IP, SetKind.NET), List.of(10, 1_000, 100_000, 1_000_000), List.of("")),
    /** {@code -j SET --add-set}. */
    ADD(List.of(SetKind.IP), List.of(4_000_000), List.of("", "timeout 600")),
    /** {@code ipset restore}, beside the real one. */
    RESTORE(List.of(SetKind.IP, SetKind.NET), List.of(1_000_000), List.of("")),
    /** Bytes of an entry, beside the kernel's. */
    MEMORY(List.of(SetKind.IP, SetKind.NET, SetKind.IP_PORT), List.of(1_000_000),
            List.of("", "timeout 600", "counters", "timeout 600 counters"));

    private final List<SetKind> kinds;
    private final List<Integer> entries;
    private final List<String> options;

    SetScenario(final List<SetKind> kinds, final List<Integer> entries, final List<String> options) {
        this.kinds = kinds;
        this.entries = entries;
        this.options = options;
    }

    /** Its name in options and results. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    static List<String> names() {
        return Arrays.stream(values()).map(SetScenario::text).toList();
    }

    /** The types that it can be measured of. */
    List<SetKind> kinds() {
        return kinds;
    }

    /** How many elements, unless somebody says otherwise. */
    List<Integer> entries() {
        return entries;
    }

    /** What sets are created with. */
    List<String> options() {
        return options;
    }

    /** Whether a rule is in it, that can be left out. */
    boolean hasRule() {
        return this == MATCH || this == ADD;
    }

    /** Whether the real tool is. */
    boolean hasPeer() {
        return this == RESTORE || this == MEMORY;
    }

    /** Measures once, in this process, and returns one object. */
    String measure(final SetOptions what) {
        return switch (this) {
            case MATCH -> new SetMatchBench(what).json();
            case ADD -> new SetAddBench(what).json();
            case RESTORE -> new SetRestoreBench(what).json();
            case MEMORY -> new SetMemoryBench(what).json();
        };
    }
}
