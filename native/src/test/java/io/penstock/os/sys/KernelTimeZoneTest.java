package io.penstock.os.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The kernel's time zone is one. */
final class KernelTimeZoneTest {

    private static final int HALF_DAY_SECONDS = 15 * 3600;

    @Test
    void shouldBeWholeMinutesWithinHalfADay() {
        final int west = KernelTimeZone.secondsWest();
        assertEquals(0, west % 60);
        assertTrue(Math.abs(west) <= HALF_DAY_SECONDS, "west=" + west);
    }
}
