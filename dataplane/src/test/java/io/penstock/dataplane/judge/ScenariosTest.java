package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.Scenarios;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScenariosTest {

    private static final int PACKETS = 200;

    @Test
    void shouldMakeTheSameCaseWhenTheSeedIsTheSame() {
        for (final List<Case> pair : List.of(
                List.of(Scenarios.ipv4(9, PACKETS), Scenarios.ipv4(9, PACKETS)),
                List.of(Scenarios.ipv6(9, PACKETS), Scenarios.ipv6(9, PACKETS)))) {
            assertEquals(pair.get(0).config().toString(), pair.get(1).config().toString());
            for (int i = 0; i < PACKETS; i++) {
                assertArrayEquals(pair.get(0).arrivals().get(i).bytes(), pair.get(1).arrivals().get(i).bytes());
            }
        }
    }

    @Test
    void shouldBeReadByTheConfigurationReaderWhateverTheSeed() {
        try (Judge judge = new Judge()) {
            for (int seed = 0; seed < 100; seed++) {
                judge.configuration(Scenarios.ipv4(seed, 1).config());
                judge.configuration(Scenarios.ipv6(seed, 1).config());
            }
        }
    }

    @Test
    void shouldMakeAllLengthsAndBothFamiliesOfDamageWhenThereAreManyPackets() {
        final Set<Integer> lengths = new HashSet<>();
        int badChecksums = 0;
        for (int seed = 0; seed < 200; seed++) {
            for (final Arrival arrival : Scenarios.ipv4(seed, 500).arrivals()) {
                assertTrue(arrival.bytes().length > 0);
                lengths.add(arrival.bytes().length);
                badChecksums += Wire.isIpv4(arrival.bytes()) && !Wire.hasValidChecksum4(arrival.bytes()) ? 1 : 0;
            }
        }
        for (int length = 1; length <= 100; length++) {
            assertTrue(lengths.contains(length), "no packet has length=" + length);
        }
        assertTrue(badChecksums > 50, "badChecksums=" + badChecksums);
    }
}
