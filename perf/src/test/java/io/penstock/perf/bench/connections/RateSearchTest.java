package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Searches for the highest rate of devices that are made up. */
final class RateSearchTest {

    private static final long MOST = 1_000_000_000;
    private static final LongSupplier QUIET = () -> 0;

    @Test
    void shouldFindTheRateOfADeviceWhereverItBegins() {
        for (final long limit : new long[] {1, 7, 999, 123_456, 2_000_000, MOST}) {
            for (final long guess : new long[] {1, 1_000, limit / 2 + 1, limit, limit + limit / 20, 50_000_000}) {
                final RateSearch search = new RateSearch(0.01, rate -> rate <= limit, QUIET);
                final long found = search.highest(guess, 1.3, 1, MOST);
                assertTrue(found <= limit && found >= limit * 0.99 - 1, () -> "limit=" + limit + " guess=" + guess + " found=" + found);
            }
        }
    }

    @Test
    void shouldTryAgainWhenTheMachineTookACpuAway() {
        final SplittableRandom random = new SplittableRandom(1);
        final AtomicLong disturbances = new AtomicLong();
        final RateSearch search = new RateSearch(0.01, rate -> {
            final boolean disturbed = random.nextInt(5) == 0;
            disturbances.addAndGet(disturbed ? 1 : 0);
            return rate <= 1_000_000 && !disturbed;
        }, disturbances::get);
        assertTrue(search.highest(900_000, 1.2, 1, MOST) > 950_000);
        assertTrue(search.repeated() > 0 && search.repeated() < search.trials(), () -> "repeated=" + search.repeated() + " of " + search.trials());
    }

    @Test
    void shouldGiveUpARateWhenTheMachineIsNeverQuiet() {
        final AtomicLong disturbances = new AtomicLong();
        final RateSearch search = new RateSearch(0.01, rate -> false, disturbances::incrementAndGet);
        assertEquals(0, search.highest(1_000, 2, 1_000, MOST));
        assertEquals(1 + RateSearch.AGAIN, search.trials());
        assertEquals(RateSearch.AGAIN, search.repeated());
    }

    @Test
    void shouldNotTryAgainWhenARateFailsOnAQuietMachine() {
        // Whatever has failed would pass at the second try.
        final Map<Long, Integer> tried = new HashMap<>();
        final RateSearch search = new RateSearch(0.01, rate -> tried.merge(rate, 1, Integer::sum) > 1 || rate <= 1_000_000, QUIET);
        final long found = search.highest(900_000, 1.2, 1, MOST);
        assertTrue(found <= 1_000_000, () -> "found=" + found);
        assertEquals(0, search.repeated());
    }

    @Test
    void shouldGoDownWhenWhatWasFoundDoesNotPassOnceMore() {
        // Above a million every rate passes once.
        final Map<Long, Integer> tried = new HashMap<>();
        final LongPredicate lucky = rate -> rate <= 1_000_000 || tried.merge(rate, 1, Integer::sum) == 1 && rate <= 1_500_000;
        final long found = new RateSearch(0.01, lucky, QUIET).highest(900_000, 1.2, 1, MOST);
        assertTrue(found <= 1_000_000 && found > 500_000, () -> "found=" + found);
    }

    @Test
    void shouldFindNothingWhenNothingPassesTwice() {
        final AtomicInteger trials = new AtomicInteger();
        assertEquals(0, new RateSearch(0.01, rate -> trials.getAndIncrement() == 0, QUIET).highest(1_000, 2, 1, MOST));
    }

    @Test
    void shouldFindNothingWhenNothingPasses() {
        final RateSearch search = new RateSearch(0.01, rate -> false, QUIET);
        assertEquals(0, search.highest(1_000, 2, 1, MOST));
        assertTrue(search.trials() >= 10, () -> "trials=" + search.trials());
    }

    @Test
    void shouldGiveUpAtTheLeast() {
        final List<Long> tried = new ArrayList<>();
        assertEquals(0, new RateSearch(0.01, rate -> {
            tried.add(rate);
            return rate < 500;
        }, QUIET).highest(1_000, 1.2, 600, MOST));
        assertTrue(tried.stream().allMatch(rate -> rate >= 600), tried::toString);
        assertEquals(600, tried.getLast());
    }

    @Test
    void shouldNeverTryMoreThanTheMostNorReturnWhatHasFailed() {
        final List<Long> tried = new ArrayList<>();
        final RateSearch search = new RateSearch(0, count -> {
            tried.add(count);
            return count <= 77;
        }, QUIET);
        assertEquals(77, search.highest(10, 2, 1, 100));
        assertTrue(tried.stream().allMatch(count -> count >= 1 && count <= 100), tried::toString);
        assertEquals(100, new RateSearch(0, count -> true, QUIET).highest(10, 2, 1, 100));
    }

    @Test
    void shouldMakeFewTrialsWhenTheGuessIsGood() {
        final AtomicInteger trials = new AtomicInteger();
        new RateSearch(0.01, rate -> {
            trials.incrementAndGet();
            return rate <= 1_000_000;
        }, QUIET).highest(900_000, 1.2, 1, MOST);
        assertTrue(trials.get() <= 30, () -> "trials=" + trials);
    }
}
