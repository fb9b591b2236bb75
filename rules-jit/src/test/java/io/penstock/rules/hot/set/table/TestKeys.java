package io.penstock.rules.hot.set.table;

import io.penstock.rules.hot.SetScratch;
import java.util.List;

/** Keys and tables for tests. */
final class TestKeys {

    static final long SECRET0 = 0x0123_4567_89AB_CDEFL;
    static final long SECRET1 = 0xFEDC_BA98_7654_3210L;

    private TestKeys() {
    }

    static SetScratch key(final long... words) {
        final SetScratch key = new SetScratch();
        set(key, words);
        return key;
    }

    static void set(final SetScratch key, final long... words) {
        key.key0 = words[0];
        key.key1 = words.length > 1 ? words[1] : 0;
        key.key2 = words.length > 2 ? words[2] : 0;
        key.key3 = words.length > 3 ? words[3] : 0;
        key.key4 = words.length > 4 ? words[4] : 0;
    }

    static List<Long> words(final SetScratch key, final int count) {
        return List.of(key.key0, key.key1, key.key2, key.key3, key.key4).subList(0, count);
    }

    static KeyTable table(final int keyWords, final boolean narrow, final int which, final long maxelem, final WithheldBoundaries boundaries) {
        return KeyTable.create(keyWords, narrow, Extensions.of(which), 1, maxelem, boundaries, SECRET0, SECRET1);
    }

    /** Adds, as the writer, an element and publishes it; what add answered. */
    static long add(final KeyTable table, final SetScratch key) {
        final long entry = table.add(key, 0);
        if (entry != 0) {
            table.publish(entry);
        }
        return entry;
    }
}
