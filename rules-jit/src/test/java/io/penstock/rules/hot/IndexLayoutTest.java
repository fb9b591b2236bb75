package io.penstock.rules.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What packets may find. */
final class IndexLayoutTest {

    private static final long FREE = 0;

    @Test
    void shouldNotFindAFreeSlotWhenAllFieldsAreZero() {
        assertEquals(0, IndexLayout.isHit(FREE, IndexLayout.fingerprint(0, 0, 0, 0)));
        assertEquals(0, IndexLayout.isHit(FREE, IndexLayout.fingerprint(0, 0, 0, IndexLayout.names(0, 0) + IndexLayout.rest(0, 0, 0, 0))));
    }
}
