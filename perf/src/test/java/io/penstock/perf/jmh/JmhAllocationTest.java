package io.penstock.perf.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.DropReason;
import io.penstock.perf.Allocations;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Every benchmark runs, and what it measures allocates nothing: each is made as JMH would, by its annotations, with the first of its parameters, or with all
 * ({@code -Dpenstock.whole=true}).
 */
final class JmhAllocationTest {

    private static final List<Class<?>> BENCHMARKS = List.of(BatchBenchmark.class, ChecksumBenchmark.class, ConnTableBenchmark.class,
            ConnectionBenchmark.class, FibBenchmark.class, HookBenchmark.class, NatBenchmark.class, ParseBenchmark.class,
            PublicationBenchmark.class, RingBenchmark.class, RouteBenchmark.class, RuleBenchmark.class, SchedulerBenchmark.class,
            SetBenchmark.class);

    /** Whatever is measured by the operation: so many of them are as good as a batch. */
    private static final int OPERATIONS = Batch.CAPACITY;

    @Test
    void shouldCoverEveryBenchmark() {
        final Set<String> all = new ClassFileImporter().withImportOption(at -> !at.contains("jmh_generated"))
                .importPackages("io.penstock.perf.jmh").stream()
                .filter(type -> type.getMethods().stream().anyMatch(method -> method.isAnnotatedWith(Benchmark.class)))
                .map(JavaClass::getName).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(BENCHMARKS.stream().map(Class::getName).toList()), all);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldAllocateNothing(final Case test) throws ReflectiveOperationException {
        test.run();
    }

    @Test
    void shouldTranslateWhatItSaysItTranslates() {
        for (final String translation : List.of("snat", "dnat", "masquerade", "netmap")) {
            for (final String protocol : List.of("tcp", "udp", "icmp")) {
                assertForwards(translation, protocol, false);
                assertForwards(translation, protocol, true);
            }
        }
        for (final boolean ipv6 : new boolean[] {false, true}) {
            try (TrackedEngine engine = new TrackedEngine(NatBenchmark.rules("redirect", ipv6), ipv6, "udp", Batch.CAPACITY, false)) {
                // They are this host's, which there is none of between memory ports.
                final int undelivered = DropReason.LOCAL_UNDELIVERED.id();
                final long before = engine.counters().dropped[undelivered];
                engine.request();
                assertEquals(Batch.CAPACITY, engine.counters().dropped[undelivered] - before);
            }
        }
    }

    @Test
    void shouldBeginAndEndConnections() {
        try (TrackedEngine engine = new TrackedEngine(NatBenchmark.rules("snat", false), false, "udp", Batch.CAPACITY, true)) {
            for (int i = 0; i < 3_000; i++) {
                engine.begin();
            }
            assertTrue(engine.connections() > 10_000 && engine.connections() < 150_000, () -> "connections=" + engine.connections());
            assertEquals(engine.counters().received, engine.counters().forwarded);
        }
    }

    private static void assertForwards(final String translation, final String protocol, final boolean ipv6) {
        try (TrackedEngine engine = new TrackedEngine(NatBenchmark.rules(translation, ipv6), ipv6, protocol, Batch.CAPACITY, true)) {
            final long forwarded = engine.counters().forwarded;
            engine.request();
            engine.reply();
            engine.error();
            engine.spoilt();
            assertEquals(4 * Batch.CAPACITY, engine.counters().forwarded - forwarded, () -> translation + ' ' + protocol + " ipv6=" + ipv6 + ' '
                    + Arrays.toString(engine.counters().dropped));
            assertEquals(Batch.CAPACITY, engine.connections());
        }
    }

    private static Stream<Case> cases() {
        final boolean whole = Boolean.getBoolean("penstock.whole");
        final List<Case> cases = new ArrayList<>();
        for (final Class<?> type : BENCHMARKS) {
            final List<Field> parameters = Arrays.stream(type.getDeclaredFields())
                    .filter(field -> field.isAnnotationPresent(Param.class)).toList();
            final List<List<String>> choices = whole ? combinations(parameters)
                    : List.of(parameters.stream().map(field -> field.getAnnotation(Param.class).value()[0]).toList());
            for (final Method method : type.getDeclaredMethods()) {
                if (method.isAnnotationPresent(Benchmark.class)) {
                    choices.forEach(values -> cases.add(new Case(type, method, parameters, values)));
                }
            }
        }
        assertFalse(cases.isEmpty());
        return cases.stream();
    }

    private static List<List<String>> combinations(final List<Field> parameters) {
        List<List<String>> all = List.of(List.of());
        for (final Field field : parameters) {
            final List<List<String>> longer = new ArrayList<>();
            for (final List<String> begun : all) {
                for (final String value : field.getAnnotation(Param.class).value()) {
                    final List<String> one = new ArrayList<>(begun);
                    one.add(value);
                    longer.add(one);
                }
            }
            all = longer;
        }
        return all;
    }

    /** A benchmark's method with values of its parameters. */
    private record Case(Class<?> type, Method method, List<Field> parameters, List<String> values) {

        private void run() throws ReflectiveOperationException {
            final Object benchmark = type.getDeclaredConstructor().newInstance();
            for (int i = 0; i < parameters.size(); i++) {
                set(benchmark, parameters.get(i), values.get(i));
            }
            call(benchmark, Setup.class);
            try {
                final Runnable operation = operation(benchmark);
                Allocations.assertNone(OPERATIONS, operation);
            } finally {
                call(benchmark, TearDown.class);
            }
        }

        /** A call that allocates nothing itself: boxes of results are not the benchmark's. */
        private Runnable operation(final Object benchmark) throws ReflectiveOperationException {
            return new Calls(benchmark, method).runnable();
        }

        private void call(final Object benchmark, final Class<? extends java.lang.annotation.Annotation> annotation)
                throws ReflectiveOperationException {
            for (final Method candidate : type.getDeclaredMethods()) {
                if (candidate.isAnnotationPresent(annotation)) {
                    try {
                        candidate.invoke(benchmark);
                    } catch (final InvocationTargetException e) {
                        throw new AssertionError(this + ": " + e.getCause(), e.getCause());
                    }
                }
            }
        }

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static void set(final Object benchmark, final Field field, final String value) throws IllegalAccessException {
            field.setAccessible(true);
            final Class<?> kind = field.getType();
            if (kind == int.class) {
                field.setInt(benchmark, Integer.parseInt(value));
            } else if (kind == boolean.class) {
                field.setBoolean(benchmark, Boolean.parseBoolean(value));
            } else if (kind.isEnum()) {
                field.set(benchmark, Enum.valueOf((Class) kind, value));
            } else {
                field.set(benchmark, value);
            }
        }

        @Override
        public String toString() {
            return type.getSimpleName() + '.' + method.getName() + values;
        }
    }
}
