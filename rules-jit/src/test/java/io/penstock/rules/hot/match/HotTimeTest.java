package io.penstock.rules.hot.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.RulePacket;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** What time matches. 2024-02-29 was a Thursday. */
final class HotTimeTest {

    private static final int LAST = 86_399;
    private static final int ALL_DAYS = -2;
    private static final int ALL_WEEK = 0xFE;
    private static final int HOUR = 3600;
    private static final int THURSDAY = 1 << 4;
    private static final int FRIDAY = 1 << 5;

    private final RulePacket packet = new RulePacket();

    @Test
    void shouldTakeFirstAndLastSecondOfDate() {
        final long start = seconds("2024-02-29T10:00:00");
        final HotTime time = new HotTime(start, start + 5, 0, LAST, ALL_DAYS, ALL_WEEK, 0, false);
        assertFalse(at(time, "2024-02-29T09:59:59"));
        assertTrue(at(time, "2024-02-29T10:00:00"));
        assertTrue(at(time, "2024-02-29T10:00:05"));
        assertFalse(at(time, "2024-02-29T10:00:06"));
    }

    @Test
    void shouldTakeFirstAndLastSecondOfDay() {
        final HotTime time = daily(8 * HOUR, 17 * HOUR, ALL_WEEK, false);
        assertFalse(at(time, "2024-02-29T07:59:59"));
        assertTrue(at(time, "2024-02-29T08:00:00"));
        assertTrue(at(time, "2024-02-29T17:00:00"));
        assertFalse(at(time, "2024-02-29T17:00:01"));
    }

    @Test
    void shouldCountHoursBehindMidnightForTheirOwnDayUnlessContiguous() {
        final HotTime split = daily(22 * HOUR, 6 * HOUR, THURSDAY, false);
        assertTrue(at(split, "2024-02-29T23:00:00"));
        assertTrue(at(split, "2024-02-29T05:00:00"));
        assertFalse(at(split, "2024-03-01T05:00:00"));
        assertFalse(at(split, "2024-02-29T12:00:00"));
        final HotTime contiguous = daily(22 * HOUR, 6 * HOUR, THURSDAY, true);
        assertTrue(at(contiguous, "2024-02-29T23:00:00"));
        assertFalse(at(contiguous, "2024-02-29T05:00:00"));
        assertTrue(at(contiguous, "2024-03-01T05:00:00"));
        assertFalse(at(contiguous, "2024-03-01T23:00:00"));
    }

    @Test
    void shouldTakeDaysOfMonthAndOfWeek() {
        final HotTime leapDay = new HotTime(0, Integer.MAX_VALUE, 0, LAST, 1 << 29, ALL_WEEK, 0, false);
        assertTrue(at(leapDay, "2024-02-29T12:00:00"));
        assertFalse(at(leapDay, "2024-03-01T12:00:00"));
        assertTrue(at(daily(0, LAST, FRIDAY, false), "2024-03-01T00:00:00"));
        assertTrue(at(daily(0, LAST, 1 << 7, false), "2024-03-03T23:59:59"));
        assertTrue(at(daily(0, LAST, 1 << 1, false), "2024-03-04T00:00:00"));
    }

    @Test
    void shouldShiftDaysByZone() {
        final HotTime west = new HotTime(0, Integer.MAX_VALUE, 0, LAST, ALL_DAYS, THURSDAY, 5 * HOUR, false);
        assertTrue(at(west, "2024-03-01T04:59:59"));
        assertFalse(at(west, "2024-03-01T05:00:00"));
    }

    @Test
    void shouldKnowEveryDayOfMonthUntil2106() {
        for (int day = 0; day < 50_000; day++) {
            assertEquals(LocalDate.ofEpochDay(day).getDayOfMonth(), HotTime.monthDay(day), "day=" + day);
        }
    }

    private static HotTime daily(final int start, final int stop, final int weekDays, final boolean contiguous) {
        return new HotTime(0, Integer.MAX_VALUE, start, stop, ALL_DAYS, weekDays, 0, contiguous);
    }

    private boolean at(final HotTime time, final String when) {
        packet.wallNs = seconds(when) * 1_000_000_000L + 999_999_999L;
        return time.matches(packet);
    }

    private static long seconds(final String when) {
        return LocalDateTime.parse(when).toEpochSecond(ZoneOffset.UTC);
    }
}
