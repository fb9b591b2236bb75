package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import org.junit.jupiter.api.Test;

final class NumbersTest {

    @Test
    void shouldShowThreeDigitsWhateverTheSize() {
        assertEquals("1.24 M", Numbers.text(1_240_123));
        assertEquals("18.2", Numbers.text(18.2));
        assertEquals("0.031", Numbers.text(0.031));
        assertEquals("1,518", Numbers.text(1518));
        assertEquals("64", Numbers.text(64));
        assertEquals("12,346", Numbers.text(12_345.6));
        assertEquals("240 k", Numbers.text(240_000));
        assertEquals("100 k", Numbers.text(99_999.7));
        assertEquals("1,000", Numbers.text(999.9));
        assertEquals("−3.14", Numbers.text(-3.14159));
        assertEquals("1.2e-7", Numbers.text(0.00000012));
        assertEquals("1.80e308", Numbers.text(Double.MAX_VALUE));
        assertEquals("1e18", Numbers.text(1e18));
    }

    @Test
    void shouldKeepZerosOnlyWhenTheySayThatTheRestWasRounded() {
        assertEquals("18.0", Numbers.text(18.04));
        assertEquals("18", Numbers.text(18));
        assertEquals("1.20 M", Numbers.text(1_203_000));
        assertEquals("1.2 M", Numbers.text(1_200_000));
    }

    @Test
    void shouldSayWhatIsNoNumber() {
        assertEquals("not measured", Numbers.text(Double.NaN));
        assertEquals("∞", Numbers.text(Double.POSITIVE_INFINITY));
        assertEquals("0", Numbers.text(-0.0));
    }

    @Test
    void shouldShowTheSpreadOnlyWhenThereIsOne() {
        assertEquals("18.2 (17.9 – 18.6)", Numbers.spread(18.2, 17.9, 18.6));
        assertEquals("18.2", Numbers.spread(18.2, 18.2, 18.2));
        assertEquals("18.2", Numbers.spread(18.2, Double.NaN, Double.NaN));
    }

    @Test
    void shouldGroupCountsWhenLong() {
        assertEquals("1,048,576", Numbers.count(1_048_576));
        assertEquals("−1,000", Numbers.count(-1000));
        assertEquals("999", Numbers.count(999));
    }

    @Test
    void shouldNotDependOnTheLocale() {
        final Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals("1.24 M", Numbers.text(1_240_000));
            assertEquals("12,345", Numbers.count(12_345));
        } finally {
            Locale.setDefault(before);
        }
    }
}
