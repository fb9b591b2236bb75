package io.penstock.perf.bench.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Searches for the highest rate of devices that are made up. */
final class RateSearchTest {

    private static final long MOST = 1_000_000_000;

    @Test
    void shouldFindTheRateOfADeviceWhereverItBegins() {
        for (final long limit : new long[] {1, 7, 999, 123_456, 2_000_000, MOST}) {
            for (final long guess : new long[] {1, 1_000, limit / 2 + 1, limit, limit + limit / 20, 50_000_000}) {
                final RateSearch search = new RateSearch(0.01, rate -> rate <= limit);
                final long found = search.highest(guess, 1.3, 1, MOST);
                assertTrue(found <= limit && found >= limit * 0.99 - 1, () -> "limit=" + limit + " guess=" + guess + " found=" + found);
            }
        }
    }

    @Test
    void shouldTryAgainWhenATrialFailsByChance() {
        final SplittableRandom random = new SplittableRandom(1);
        final RateSearch search = new RateSearch(0.01, rate -> rate <= 1_000_000 && random.nextInt(5) != 0);
        assertTrue(search.highest(900_000, 1.2, 1, MOST) > 950_000);
    }

    @Test
    void shouldFindNothingWhenNothingPasses() {
        final RateSearch search = new RateSearch(0.01, rate -> false);
        assertEquals(0, search.highest(1_000, 2, 1, MOST));
        assertTrue(search.trials() >= 3 * 10, () -> "trials=" + search.trials());
    }

    @Test
    void shouldGiveUpAtTheLeast() {
        final List<Long> tried = new ArrayList<>();
        assertEquals(0, new RateSearch(0.01, rate -> {
            tried.add(rate);
            return rate < 500;
        }).highest(1_000, 1.2, 600, MOST));
        assertTrue(tried.stream().allMatch(rate -> rate >= 600), tried::toString);
        assertEquals(600, tried.getLast());
    }

    @Test
    void shouldNeverTryMoreThanTheMostNorReturnWhatHasFailed() {
        final List<Long> tried = new ArrayList<>();
        final RateSearch search = new RateSearch(0, count -> {
            tried.add(count);
            return count <= 77;
        });
        assertEquals(77, search.highest(10, 2, 1, 100));
        assertTrue(tried.stream().allMatch(count -> count >= 1 && count <= 100), tried::toString);
        assertEquals(100, new RateSearch(0, count -> true).highest(10, 2, 1, 100));
    }

    @Test
    void shouldMakeFewTrialsWhenTheGuessIsGood() {
        final AtomicInteger trials = new AtomicInteger();
        new RateSearch(0.01, rate -> {
            trials.incrementAndGet();
            return rate <= 1_000_000;
        }).highest(900_000, 1.2, 1, MOST);
        assertTrue(trials.get() <= 30, () -> "trials=" + trials);
    }
}
