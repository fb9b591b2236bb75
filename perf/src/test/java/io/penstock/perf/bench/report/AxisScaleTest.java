package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class AxisScaleTest {

    private static final double PIXELS = 350;

    @Test
    void shouldStartAtZeroAndEndAtATickWhenEnclosed() {
        assertEquals(List.of("0", "0.5", "1.0", "1.5", "2.0"), labels(scale(Axis.linear("Rate", "Mpps"), true, 0.7, 1.64)));
        assertEquals(List.of("0", "2 M", "4 M", "6 M", "8 M", "10 M", "12 M", "14 M", "16 M"),
                labels(scale(Axis.linear("Rate", "packets/s"), true, 14_880_952)));
        assertEquals(List.of("0", "2,000", "4,000", "6,000", "8,000"), labels(scale(Axis.linear("Rules", ""), true, 8000)));
        assertEquals(List.of("0", "0.5e-5", "1.0e-5", "1.5e-5", "2.0e-5", "2.5e-5", "3.0e-5"), labels(scale(Axis.linear("Loss", ""), true, 2.6e-5)));
        assertEquals(List.of("−8", "−6", "−4", "−2", "0", "2", "4"), labels(scale(Axis.linear("Drift", ""), true, -7, 4)));
    }

    @Test
    void shouldEndAtTheLastValueWhenNotEnclosed() {
        final AxisScale scale = scale(Axis.linear("Time", "s"), false, 0, 3585);
        assertEquals(1, scale.at(3585));
        assertEquals(List.of("0", "1,000", "2,000", "3,000"), labels(scale));
    }

    @Test
    void shouldShowAHundredthAtLeastWhenZoomed() {
        final AxisScale scale = scale(Axis.zoomed("Memory", "MiB"), true, 400, 400.001);
        assertEquals(0.5, scale.at(400), 0.1);
        assertTrue(scale.at(400.001) - scale.at(400) < 0.001);
        assertEquals(List.of("397", "398", "399", "400", "401", "402", "403"), labels(scale));
    }

    @Test
    void shouldHaveTicksAtOneTwoFiveWhenLogarithmic() {
        final List<AxisScale.Tick> ticks = scale(Axis.log("Latency", "us"), true, 13, 900).ticks();
        assertEquals(List.of("10", "20", "50", "100", "200", "500", "1,000"), ticks.stream().map(AxisScale.Tick::label).toList());
        assertEquals(0, ticks.getFirst().at(), 1e-9);
        assertEquals(0.5, ticks.get(3).at(), 1e-9);
        assertEquals(1, ticks.getLast().at(), 1e-9);
    }

    @Test
    void shouldHaveTwoTicksAtLeastWhenLogarithmicOverLessThanADecade() {
        assertEquals(List.of("10", "20"), labels(scale(Axis.log("Latency", "us"), false, 10.1, 10.3)));
        assertEquals(List.of("2", "5", "10"), labels(scale(Axis.log("Latency", "us"), false, 10)));
    }

    @Test
    void shouldHaveTicksAtPowersOfTwoAndAtSizesBetweenWhenBinary() {
        final AxisScale scale = scale(Axis.log2("Size", "bytes"), false, 64, 256, 1024, 1280, 1518);
        final List<AxisScale.Tick> ticks = scale.ticks();
        assertEquals(List.of("64", "128", "256", "512", "1024", "1280", "1518"), ticks.stream().map(AxisScale.Tick::label).toList());
        assertEquals(List.of(0, 0, 0, 0, 0, 2, 2), ticks.stream().map(AxisScale.Tick::level).toList());
        assertEquals(scale.at(128) - scale.at(64), scale.at(1024) - scale.at(512), 1e-9);
        assertEquals(List.of("1500"), labels(scale(Axis.log2("Size", "bytes"), false, 1500)));
    }

    @Test
    void shouldPlaceNinesAtEqualDistancesWhenPercentiles() {
        final AxisScale scale = scale(Axis.percentile("Percentile"), false, 0, 50, 99.999);
        assertEquals(List.of("0", "50", "90", "99", "99.9", "99.99", "99.999"), scale.ticks().stream().map(AxisScale.Tick::label).toList());
        // Where there is no room for all labels, the one between goes.
        assertEquals(List.of("0", "90", "99", "99.9", "99.99", "99.999"), labels(scale));
        assertEquals(0.2, scale.at(90), 1e-9);
        assertEquals(0.4, scale.at(99), 1e-9);
        assertEquals(1, scale.at(99.999), 1e-9);
    }

    @Test
    void shouldPlaceTheMaximumAtTheEndWhenPercentilesReachTheWhole() {
        final AxisScale scale = scale(Axis.percentile("Percentile"), false, 0, 99.99, 100);
        assertEquals(List.of("0", "90", "99", "99.9", "99.99", "max"), labels(scale));
        assertEquals(1, scale.at(100));
        assertTrue(scale.at(99.99) < 0.95);
    }

    @Test
    void shouldNotShowWhatHasNoPlaceOnTheAxis() {
        assertFalse(AxisScale.shows(Axis.log("x", ""), 0));
        assertFalse(AxisScale.shows(Axis.log2("x", ""), -1));
        assertFalse(AxisScale.shows(Axis.linear("x", ""), Double.NaN));
        assertFalse(AxisScale.shows(Axis.linear("x", ""), Double.POSITIVE_INFINITY));
        assertFalse(AxisScale.shows(Axis.percentile("x"), 100.1));
        assertTrue(AxisScale.shows(Axis.percentile("x"), 100));
    }

    @Test
    void shouldStayNumbersWhenValuesAreHugeTinyOrEqual() {
        for (final Axis.Scale kind : Axis.Scale.values()) {
            final Axis axis = new Axis("x", "", kind);
            for (final double[] values : new double[][] {{1e300, -1e300}, {1e300}, {1e-300}, {1e-300, 1e300}, {Double.MIN_VALUE}, {0}, {7, 7}, {100}}) {
                final Extent extent = extent(axis, values);
                if (!extent.isEmpty()) {
                    check(AxisScale.of(axis, extent, PIXELS, true), values);
                    check(AxisScale.of(axis, extent, PIXELS, false), values);
                }
            }
        }
    }

    @Property(tries = 300)
    void shouldKeepOrderAndBoundsWhateverTheValues(@ForAll @Size(min = 1, max = 8) final List<@DoubleRange(min = -1e12, max = 1e12) Double> values,
            @ForAll final Axis.Scale kind, @ForAll final boolean isEnclosed) {
        final Axis axis = new Axis("x", "", kind);
        final double[] numbers = values.stream().mapToDouble(Double::doubleValue).toArray();
        final Extent extent = extent(axis, numbers);
        if (!extent.isEmpty()) {
            final AxisScale scale = AxisScale.of(axis, extent, PIXELS, isEnclosed);
            check(scale, numbers);
            double last = 0;
            for (final double value : extent.values()) {
                assertTrue(scale.at(value) >= last, () -> axis + " " + values);
                last = scale.at(value);
            }
        }
    }

    private static void check(final AxisScale scale, final double... values) {
        double last = -1;
        for (final AxisScale.Tick tick : scale.ticks()) {
            assertTrue(tick.at() >= Math.max(0, last) && tick.at() <= 1, () -> scale + " " + tick);
            last = tick.at();
        }
        for (final double value : values) {
            assertFalse(value > 0 && !(scale.at(value) >= 0 && scale.at(value) <= 1), () -> scale + " " + value);
        }
    }

    private static AxisScale scale(final Axis axis, final boolean isEnclosed, final double... values) {
        return AxisScale.of(axis, extent(axis, values), PIXELS, isEnclosed);
    }

    private static Extent extent(final Axis axis, final double... values) {
        final Extent extent = new Extent(axis);
        for (final double value : values) {
            extent.add(value);
        }
        return extent;
    }

    private static List<String> labels(final AxisScale scale) {
        return Plot.horizontal(scale, PIXELS).stream().map(AxisScale.Tick::label).toList();
    }
}
