package io.penstock.rules.hot.set.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.SetScratch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The table beside a {@link HashMap}, through random lives of elements. */
final class KeyTableModelTest {

    private static final int STEPS = 4_000;
    private static final int ALL = Extensions.TIMEOUT | Extensions.COUNTERS | Extensions.SKBINFO | Extensions.COMMENT | Extensions.FLAGS;

    @Property(tries = 60)
    void shouldHoldWhatAMapHolds(@ForAll final long seed, @ForAll @IntRange(min = 0, max = 5) final int words,
            @ForAll @IntRange(min = 0, max = ALL) final int which, @ForAll @IntRange(min = 1, max = 3_000) final int maxelem) {
        final WithheldBoundaries boundaries = new WithheldBoundaries(2);
        final boolean narrow = words == 0;
        try (KeyTable table = TestKeys.table(Math.max(1, words), narrow, which, maxelem, boundaries)) {
            new Run(table, boundaries, new Random(seed), Math.max(1, words), narrow, which, maxelem).go();
        }
    }

    @Property(tries = 40)
    void shouldHoldWhatAMapHoldsWhenKeysAreAlone(@ForAll final long seed, @ForAll final boolean narrow, @ForAll final boolean flags,
            @ForAll @IntRange(min = 1, max = 3_000) final int maxelem) {
        final WithheldBoundaries boundaries = new WithheldBoundaries(2);
        final int which = flags ? Extensions.FLAGS : 0;
        try (KeyTable table = TestKeys.table(1, narrow, which, maxelem, boundaries)) {
            new Run(table, boundaries, new Random(seed), 1, narrow, which, maxelem).go();
        }
    }

    /** One random life. */
    private static final class Run {

        private final KeyTable table;
        private final WithheldBoundaries boundaries;
        private final Random random;
        private final int words;
        private final int which;
        private final int maxelem;
        private final Extensions extensions;
        private final List<List<Long>> keys = new ArrayList<>();
        private final Map<List<Long>, Expected> model = new HashMap<>();
        private final SetScratch scratch = new SetScratch();
        private long nowNs = 1;

        private Run(final KeyTable table, final WithheldBoundaries boundaries, final Random random, final int words, final boolean narrow,
                final int which, final int maxelem) {
            this.table = table;
            this.boundaries = boundaries;
            this.random = random;
            this.words = words;
            this.which = which;
            this.maxelem = maxelem;
            extensions = table.extensions();
            final KeyForm form = new KeyForm(words, narrow, Extensions.of(which), TestKeys.SECRET0, TestKeys.SECRET1);
            if (!form.hasEntries()) {
                // Those that the index has no lanes for.
                for (int special = 0; special < TableControl.SPECIAL_WORDS; special++) {
                    form.keyOf(special, 0, scratch);
                    keys.add(TestKeys.words(scratch, 1));
                }
            }
            final int count = 1 + random.nextInt(2 * maxelem);
            final long mask = narrow ? 0xFFFF_FFFFL : which == Extensions.FLAGS ? -1L >>> 2 : -1L;
            for (int i = 0; i < count; i++) {
                final List<Long> key = new ArrayList<>();
                for (int word = 0; word < words; word++) {
                    key.add((random.nextBoolean() ? random.nextLong() : random.nextInt(64)) & mask);
                }
                keys.add(key);
            }
        }

        private record Expected(long expiryNs, long value, boolean nomatch, boolean wildcard) {
        }

        private void go() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(24)) {
                    case 0 -> boundaries.pass(random.nextInt(2));
                    case 1 -> table.maintain();
                    case 2 -> nowNs += random.nextInt(100);
                    case 3 -> expire();
                    case 4, 5, 6, 7, 8 -> remove(key());
                    case 9 -> evict();
                    case 10 -> change(key());
                    case 11 -> rare();
                    case 12, 13, 14, 15, 16, 17, 18 -> add(key());
                    default -> assertFound(key());
                }
            }
            keys.forEach(this::assertFound);
            assertListing();
        }

        private List<Long> key() {
            return keys.get(random.nextInt(keys.size()));
        }

        private void rare() {
            switch (random.nextInt(10)) {
                case 0 -> {
                    table.clear();
                    model.clear();
                }
                case 1, 2 -> assertListing();
                default -> boundaries.passAll();
            }
        }

        private void add(final List<Long> key) {
            set(key);
            table.lock();
            final long entry = table.add(scratch, nowNs);
            if (isAlive(model.get(key))) {
                assertNotEquals(0, entry);
                assertHas(entry, model.get(key));
            } else if (entry == 0) {
                model.remove(key);
                assertEquals(maxelem, alive(), "only a table that is full refuses");
            } else {
                assertEquals(0, table.find(scratch, nowNs) & (extensions.has(Extensions.FLAGS) || entry > 7 ? -1 : 0), "it is not published");
                if (random.nextInt(8) > 0) {
                    model.put(key, write(entry));
                    table.publish(entry);
                } else if (entry > 7 || extensions.has(Extensions.FLAGS)) {
                    // What was there was over, and made room.
                    model.remove(key);
                } else {
                    model.put(key, new Expected(0, 0, false, false));
                }
            }
            table.unlock();
            assertFound(key);
        }

        private Expected write(final long entry) {
            final boolean timeout = extensions.has(Extensions.TIMEOUT);
            final Expected expected = new Expected(timeout && random.nextBoolean() ? nowNs + 1 + random.nextInt(500) : 0, random.nextLong(),
                    extensions.has(Extensions.FLAGS) && random.nextBoolean(), extensions.has(Extensions.FLAGS) && random.nextBoolean());
            put(entry, expected);
            return expected;
        }

        private void change(final List<Long> key) {
            set(key);
            table.lock();
            final long entry = table.find(scratch, nowNs);
            if (entry != 0) {
                model.put(key, write(entry));
            }
            table.unlock();
        }

        private void put(final long entry, final Expected expected) {
            final long value = expected.value();
            table.setFlags(scratch, entry, expected.nomatch(), expected.wildcard());
            if (extensions.has(Extensions.TIMEOUT)) {
                extensions.setExpiryNs(entry, expected.expiryNs());
            }
            if (extensions.has(Extensions.COUNTERS)) {
                extensions.setCounters(entry, value, ~value);
                extensions.count(entry, 1, 2);
            }
            if (extensions.has(Extensions.SKBINFO)) {
                extensions.setSkbMark(entry, (int) value, (int) (value >> 8));
                extensions.setSkbPrio(entry, (int) (value >> 16), (int) (value >> 3));
            }
            if (extensions.has(Extensions.COMMENT)) {
                extensions.setComment(entry, (int) (value >> 32));
            }
        }

        private void assertHas(final long entry, final Expected expected) {
            final long value = expected.value();
            assertEquals(expected.nomatch(), extensions.isNomatch(entry));
            assertEquals(expected.wildcard(), extensions.isWildcard(entry));
            if (extensions.has(Extensions.TIMEOUT)) {
                assertEquals(expected.expiryNs(), extensions.expiryNs(entry));
            }
            if (extensions.has(Extensions.COUNTERS)) {
                assertEquals(value + 1, extensions.packets(entry));
                assertEquals(~value + 2, extensions.bytes(entry));
            }
            if (extensions.has(Extensions.SKBINFO)) {
                assertEquals(value << 24 >>> 32 << 32 | value & 0xFFFF_FFFFL,
                        extensions.skbMarkAndMask(entry) >>> 32 << 32 | extensions.skbMarkAndMask(entry) & 0xFFFF_FFFFL);
                assertEquals((value >> 3 & 0xFFFF) << 32 | value >> 16 & 0xFFFF_FFFFL, extensions.skbPrioAndQueue(entry));
            }
            if (extensions.has(Extensions.COMMENT)) {
                assertEquals((int) (value >> 32), extensions.comment(entry));
            }
        }

        private void remove(final List<Long> key) {
            set(key);
            table.lock();
            assertEquals(isAlive(model.remove(key)), table.remove(scratch, nowNs));
            table.unlock();
            assertFound(key);
        }

        private void expire() {
            final int before = table.size();
            final int removed = table.expire(nowNs, Integer.MAX_VALUE);
            assertEquals(before - removed, table.size());
            model.values().removeIf(expected -> !isAlive(expected));
            assertEquals(model.size(), table.size(), "a small table is looked through whole");
        }

        private void evict() {
            final int before = table.size();
            table.lock();
            assertEquals(before > 0, table.evict(random.nextLong()));
            table.unlock();
            assertEquals(Math.max(0, before - 1), table.size());
            final long aliveBefore = alive();
            model.entrySet().removeIf(each -> {
                set(each.getKey());
                return isAlive(each.getValue()) && table.find(scratch, nowNs) == 0;
            });
            assertTrue(aliveBefore - alive() <= 1, "one at most");
        }

        private void assertFound(final List<Long> key) {
            set(key);
            final long entry = words == 1 && random.nextBoolean() ? table.findNarrow(key.get(0), nowNs) : table.find(scratch, nowNs);
            final Expected expected = model.get(key);
            assertEquals(isAlive(expected), entry != 0);
            if (entry != 0) {
                assertHas(entry, expected);
            }
        }

        private void assertListing() {
            final Map<List<Long>, Expected> listed = new HashMap<>();
            table.forEach((key, entry) -> {
                final List<Long> asWords = TestKeys.words(key, words);
                final Expected expected = model.get(asWords);
                if (!extensions.has(Extensions.TIMEOUT) || !extensions.isOver(entry, nowNs)) {
                    assertHas(entry, expected);
                    assertNull(listed.put(asWords, expected), "each once");
                }
            });
            assertEquals(alive(), listed.size());
        }

        private long alive() {
            return model.values().stream().filter(this::isAlive).count();
        }

        private boolean isAlive(final Expected expected) {
            return expected != null && (expected.expiryNs() == 0 || nowNs < expected.expiryNs());
        }

        private void set(final List<Long> key) {
            TestKeys.set(scratch, key.stream().mapToLong(Long::longValue).toArray());
        }
    }
}
