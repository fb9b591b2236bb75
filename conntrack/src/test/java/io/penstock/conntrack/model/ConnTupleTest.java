package io.penstock.conntrack.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConnTupleTest {

    @Property
    void shouldBeItselfWhenInvertedTwice(
            @ForAll final int source, @ForAll final int destination, @ForAll @IntRange(max = 0xFF) final int protocol,
            @ForAll @IntRange(max = 0xFFFF) final int sourceKey, @ForAll @IntRange(max = 0xFFFF) final int destinationKey) {
        final ConnTuple tuple = ConnTuple.ipv4(source, destination, protocol, sourceKey, destinationKey);
        if (tuple.isInvertible()) {
            assertEquals(tuple, tuple.inverse().inverse());
        }
    }

    @Test
    void shouldAnswerARequestWhenIcmpIsInverted() {
        assertEquals(ConnTuple.ipv4(2, 1, ConnTuple.ICMP, 77, 14 << 8 | 3),
                ConnTuple.ipv4(1, 2, ConnTuple.ICMP, 77, 13 << 8 | 3).inverse());
        assertFalse(ConnTuple.ipv4(1, 2, ConnTuple.ICMP, 77, 3 << 8).isInvertible());
        assertEquals(140, ConnTuple.icmpAnswer(ConnTuple.ICMPV6, 139));
        assertEquals(-1, ConnTuple.icmpAnswer(ConnTuple.ICMPV6, 8));
    }

    @Test
    void shouldRefuseNumbersWhenTheyAreOutOfRange() {
        assertEquals("not a tuple: family=2 protocol=6 sourceKey=65536 destinationKey=0",
                assertThrows(IllegalArgumentException.class, () -> ConnTuple.ipv4(0, 0, ConnTuple.TCP, 65536, 0)).getMessage());
    }

    @Test
    void shouldClearWordsWhenTheyAreNotSent() {
        final BitSet old = BitSet.valueOf(new long[] {0b101, 1L << 36});
        assertEquals(BitSet.valueOf(new long[] {0b10}), new LabelChange(BitSet.valueOf(new long[] {0b10}), null, 1).apply(old));
        assertEquals(BitSet.valueOf(new long[] {0b111, 1L << 36}),
                new LabelChange(BitSet.valueOf(new long[] {0b10}), BitSet.valueOf(new long[] {0b10}), 4).apply(old));
        assertEquals(new BitSet(), new LabelChange(new BitSet(), null, 1).apply(old));
    }
}
