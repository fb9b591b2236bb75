package io.penstock.perf.connections;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TupleLookupsTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindEachConnectionInBothWaysWhenItIsThere(final boolean ipv6) {
        try (TupleLookups lookups = new TupleLookups(ipv6, 10_000)) {
            assertNull(lookups.difference());
            assertEquals(10_048, lookups.tuples(), "whole batches");
            assertNotEquals(0, lookups.singles());
            assertNotEquals(0, lookups.batches());
            assertNotEquals(0, lookups.batchesWithTracker());
        }
    }
}
