package io.penstock.rules.hot.set;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.table.Extensions;
import io.penstock.rules.hot.set.table.KeyTable;
import org.junit.jupiter.api.Test;

final class DeviceSetTest {

    private static final long NETWORK = 0x0A00_0000;
    private static final int LENGTH = 8;

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

    private SetScratch key(final long name) {
        final SetScratch key = new SetScratch();
        layout.begin(key, 0, NETWORK);
        layout.putNet(key, 0, NETWORK, LENGTH);
        layout.putDevice(key, name, 0, false);
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

    private int look(final DeviceSet set, final long name) {
        set.claim();
        try {
            return set.look(key(name), 0);
        } finally {
            set.release();
        }
    }
}
