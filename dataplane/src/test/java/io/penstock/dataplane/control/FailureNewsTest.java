package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which failures are told. */
class FailureNewsTest {

    private static final long SECOND_NS = 1_000_000_000;

    private final FailureNews news = new FailureNews();

    private boolean isNews(final String failure, final long seconds) {
        // A clock that passes its end in between.
        return news.isNews(failure, Long.MAX_VALUE - 100 * SECOND_NS + seconds * SECOND_NS);
    }

    @Test
    void shouldTellOfTheSameFailureOnceAnHour() {
        assertTrue(isNews("a", 0));
        assertFalse(isNews("a", 0));
        assertFalse(isNews("a", 3599));
        assertTrue(isNews("a", 3600));
        assertFalse(isNews("a", 3601));
    }

    @Test
    void shouldTellOfAnotherFailureAtMostOnceAMinute() {
        assertTrue(isNews("a", 0));
        assertFalse(isNews("b", 59));
        assertTrue(isNews("b", 60));
        assertFalse(isNews("a", 61));
        assertFalse(isNews("b", 61));
        assertTrue(isNews("a", 120));
    }
}
