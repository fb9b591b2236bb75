package io.penstock.dataplane.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What looks after something in rounds. */
@Timeout(60)
class UpkeepTest {

    private static final int PATIENCE_SECONDS = 20;
    private static final long ROUND_NS = 1_000_000_000;

    private final Semaphore rounds = new Semaphore(0);
    private final List<String> reported = new CopyOnWriteArrayList<>();

    private Upkeep upkeep(final Runnable round) {
        return new Upkeep("penstock-test", Upkeep.Pace.BEAT, ROUND_NS, round,
                "virtual services could not be looked after: rates and defences stay as they are", reported::add);
    }

    @Test
    void shouldGoRoundOnceASecond() throws InterruptedException {
        try (Upkeep upkeep = upkeep(rounds::release)) {
            upkeep.start();
            assertTrue(rounds.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS));
            final long first = System.nanoTime();
            assertTrue(rounds.tryAcquire(2, PATIENCE_SECONDS, TimeUnit.SECONDS));
            final long took = System.nanoTime() - first;
            assertTrue(took > 3 * ROUND_NS / 2, "two rounds took ns=" + took);
        }
        assertEquals(List.of(), reported);
    }

    @Test
    void shouldGoOnAfterAFailureAndTellOfTheFirst() throws InterruptedException {
        try (Upkeep upkeep = upkeep(() -> {
            rounds.release();
            throw new IllegalStateException("no");
        })) {
            upkeep.start();
            assertTrue(rounds.tryAcquire(2, PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
        assertEquals(List.of("virtual services could not be looked after: rates and defences stay as they are: "
                + "java.lang.IllegalStateException: no; it is tried again, and told again in an hour, or when something else fails"), reported);
    }
}
