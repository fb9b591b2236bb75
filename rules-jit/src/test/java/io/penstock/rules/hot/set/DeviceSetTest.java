package io.penstock.rules.hot.set;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;
import io.penstock.rules.hot.set.table.WithheldBoundaries;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeviceSetTest {

    private static final long NETWORK = 0x0A00_0000;
    private static final int LENGTH = 8;
    private static final int MANY = 20_000;

    private final Boundaries nobody = new NoWorkers();
    private final KeyLayout layout = KeyLayout.of(KeyLayout.ADDRESS | KeyLayout.NET | KeyLayout.DEVICE, false);

    /** A thousand additions a second by packets use the numbers up within two weeks. */
    @Test
    void shouldFindElementsInOrderWhenTheirNumbersBeginAgain() {
        try (KeyTable table = KeyTable.create(layout.words(), false, Extensions.of(Extensions.COMMENT | Extensions.FLAGS), 64, 64, nobody);
                KeyTable groups = KeyTable.create(1, false, Extensions.of(Extensions.COUNTERS), 64, 64, nobody)) {
            final DeviceSet set = new DeviceSet(new KeyedSetting(layout, table, 2, 4, false, -1, -1, -1, 0, false, new MissedChanges()), groups,
                    Integer.MAX_VALUE - 3);
            assertEquals(StoredSet.DONE, put(set, 'a' | 'b' << Byte.SIZE, true, false));
            assertEquals(StoredSet.DONE, put(set, 'a', false, true));
            assertEquals(StoredSet.DONE, put(set, 'c', false, false));
            assertEquals(StoredSet.EXISTS, put(set, 'c', false, false));
            assertEquals(StoredSet.EXCEPTION, look(set, 'a' | 'b' << Byte.SIZE), "the one that came first counts");
            assertEquals(StoredSet.FOUND, look(set, 'a' | 'x' << Byte.SIZE));
            assertEquals(StoredSet.FOUND, look(set, 'c'));
            assertEquals(StoredSet.ABSENT, look(set, 'd'));
        }
    }

    /** Nothing of what one worker gives up can be had again while another one is held up. */
    @Test
    void shouldRefuseAnElementWhenItsNetworkCanHaveNoGroup() {
        final WithheldBoundaries held = new WithheldBoundaries(1);
        try (KeyTable table = KeyTable.create(layout.words(), false, Extensions.of(Extensions.COMMENT | Extensions.FLAGS), 64, 2 * MANY, held);
                KeyTable groups = KeyTable.create(1, false, Extensions.of(Extensions.COUNTERS), 64, 8, held)) {
            final DeviceSet set = new DeviceSet(setting(table, false), groups, 0);
            int number = 0;
            while (number < MANY && put(set, host(number)) == StoredSet.DONE) {
                assertEquals(StoredSet.FOUND, look(set, host(number)), "number=" + number);
                assertEquals(StoredSet.DONE, take(set, host(number)), "number=" + number);
                number++;
            }
            assertTrue(number < MANY, "number=" + number);
            assertEquals(0, table.size());
            held.pass(0);
            assertEquals(StoredSet.DONE, put(set, host(number)));
            assertEquals(StoredSet.FOUND, look(set, host(number)));
            assertEquals(1, groups.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldKeepGroupsWithElementsWhenAFullSetGivesSomeUp(final int each) {
        try (KeyTable table = KeyTable.create(layout.words(), false, Extensions.of(Extensions.COMMENT | Extensions.FLAGS), 64, 4, nobody);
                KeyTable groups = KeyTable.create(1, false, Extensions.of(Extensions.COUNTERS), 64, 5, nobody)) {
            final DeviceSet set = new DeviceSet(setting(table, true), groups, 0);
            table.onRemoval(set::expired);
            for (int i = 0; i < 200; i++) {
                final SetScratch key = host(i / each);
                layout.putDevice(key, 'a' + i % each, 0, false);
                assertEquals(StoredSet.DONE, put(set, key), "number=" + i);
                assertEquals(StoredSet.FOUND, look(set, key), "number=" + i);
                assertTrue(groups.size() <= table.size() && table.size() <= 4);
            }
            set.claim();
            table.forEach((key, entry) -> assertNotEquals(0, groups.find(key, 0)));
            set.release();
        }
    }

    @Test
    void shouldCountNoElementThatWasRefused() {
        try (KeyTable table = KeyTable.create(layout.words(), false, Extensions.of(Extensions.COMMENT | Extensions.FLAGS), 64, 2, nobody);
                KeyTable groups = KeyTable.create(1, false, Extensions.of(Extensions.COUNTERS), 64, 3, nobody)) {
            final DeviceSet set = new DeviceSet(setting(table, false), groups, 0);
            final SetScratch other = host(1);
            layout.putDevice(other, 'b', 0, false);
            assertEquals(StoredSet.DONE, put(set, host(1)));
            assertEquals(StoredSet.DONE, put(set, host(2)));
            assertEquals(StoredSet.FULL, put(set, other));
            assertEquals(StoredSet.FULL, put(set, host(3)));
            assertEquals(2, groups.size());
            assertEquals(StoredSet.DONE, take(set, host(1)));
            assertEquals(1, groups.size());
        }
    }

    private KeyedSetting setting(final KeyTable table, final boolean forceadd) {
        return new KeyedSetting(layout, table, 2, 4, false, -1, -1, -1, 0, forceadd, new MissedChanges());
    }

    private SetScratch key(final long name) {
        final SetScratch key = new SetScratch();
        layout.begin(key, 0, NETWORK);
        layout.putNet(key, 0, NETWORK, LENGTH);
        layout.putDevice(key, name, 0, false);
        return key;
    }

    /** One address with a device. */
    private SetScratch host(final int number) {
        final SetScratch key = new SetScratch();
        layout.begin(key, 0, NETWORK + number);
        layout.putNet(key, 0, NETWORK + number, Prefix.HOST4);
        layout.putDevice(key, 'a', 0, false);
        return key;
    }

    private int put(final DeviceSet set, final long name, final boolean exception, final boolean wildcard) {
        final SetValues values = new SetValues();
        values.clear(0);
        values.nomatch = exception;
        values.wildcard = wildcard;
        set.claim();
        try {
            return set.put(key(name), 0, values, false);
        } finally {
            set.release();
        }
    }

    private int put(final DeviceSet set, final SetScratch key) {
        final SetValues values = new SetValues();
        values.clear(0);
        set.claim();
        try {
            return set.put(key, 0, values, false);
        } finally {
            set.release();
        }
    }

    private int take(final DeviceSet set, final SetScratch key) {
        set.claim();
        try {
            return set.take(key, 0, new SetValues());
        } finally {
            set.release();
        }
    }

    private int look(final DeviceSet set, final long name) {
        return look(set, key(name));
    }

    private int look(final DeviceSet set, final SetScratch key) {
        set.claim();
        try {
            return set.look(key, 0);
        } finally {
            set.release();
        }
    }
}
