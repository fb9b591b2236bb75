package io.penstock.os.hot.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class FlowHashTest {

    private static final int PORTS = 65535;

    @Property
    void shouldBeTheSameInBothDirectionsOfIpv4(
            @ForAll final int source,
            @ForAll final int destination,
            @ForAll @IntRange(max = PORTS) final int sourcePort,
            @ForAll @IntRange(max = PORTS) final int destinationPort,
            @ForAll @IntRange(max = 255) final int protocol,
            @ForAll final long seed) {
        assertEquals(
                FlowHash.hash4(source, destination, sourcePort, destinationPort, protocol, seed),
                FlowHash.hash4(destination, source, destinationPort, sourcePort, protocol, seed));
    }

    @Property
    void shouldBeTheSameInBothDirectionsOfIpv6(
            @ForAll final long sourceHigh,
            @ForAll final long sourceLow,
            @ForAll final long destinationHigh,
            @ForAll final long destinationLow,
            @ForAll @IntRange(max = PORTS) final int sourcePort,
            @ForAll @IntRange(max = PORTS) final int destinationPort,
            @ForAll final long seed) {
        assertEquals(
                FlowHash.hash6(sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort, destinationPort, 6, seed),
                FlowHash.hash6(destinationHigh, destinationLow, sourceHigh, sourceLow, destinationPort, sourcePort, 6, seed));
    }

    @Test
    void shouldTellFlowsApartWhenOnlyPortsAreExchanged() {
        assertNotEquals(FlowHash.hash4(1, 2, 80, 1024, 6, 0), FlowHash.hash4(1, 2, 1024, 80, 6, 0));
        assertNotEquals(FlowHash.hash6(0, 1, 0, 2, 80, 1024, 6, 0), FlowHash.hash6(0, 1, 0, 2, 1024, 80, 6, 0));
        assertNotEquals(FlowHash.hash4(1, 2, 80, 1024, 6, 0), FlowHash.hash4(1, 2, 80, 1024, 17, 0));
    }

    /** Processes and machines that share connections rely on these values. */
    @Test
    void shouldNeverChangeItsValues() {
        assertEquals("aaafa9e8a05c2656", Long.toHexString(FlowHash.hash4(0x0A00_0001, 0xC000_0201, 40000, 443, 6, 42)));
        assertEquals("50c377111423d7ac", Long.toHexString(
                FlowHash.hash6(0x2001_0DB8_0000_0000L, 1, 0x2001_0DB8_0000_0000L, 2, 40000, 443, 6, 42)));
    }

    @Test
    void shouldFlipEveryOutputBitHalfTheTimeWhenAnyInputBitFlips() {
        final int samples = 4096;
        final Random random = new Random(1);
        final int[][] flips = new int[96 + 8 + 64][64];
        for (int sample = 0; sample < samples; sample++) {
            final long[] tuple = {random.nextLong(), random.nextLong() >>> 24, random.nextLong()};
            final long hash = hash4(tuple);
            for (int bit = 0; bit < flips.length; bit++) {
                final long[] flipped = tuple.clone();
                flipped[bit < 64 ? 0 : bit < 104 ? 1 : 2] ^= 1L << (bit < 104 ? bit & 63 : bit - 104);
                count(flips[bit], hash ^ hash4(flipped));
            }
        }
        assertHalf(flips, samples);
    }

    @Test
    void shouldFlipEveryOutputBitHalfTheTimeWhenAnyBitOfIpv6Flips() {
        final int samples = 4096;
        final Random random = new Random(2);
        final int[][] flips = new int[6 * 64][64];
        for (int sample = 0; sample < samples; sample++) {
            final long[] tuple = random.longs(6).toArray();
            final long hash = hash6(tuple);
            for (int bit = 0; bit < flips.length; bit++) {
                if (bit < 5 * 64 + 40) {
                    final long[] flipped = tuple.clone();
                    flipped[bit >>> 6] ^= 1L << bit;
                    count(flips[bit], hash ^ hash6(flipped));
                }
            }
        }
        assertHalf(Arrays.copyOf(flips, 5 * 64 + 40), samples);
    }

    @Test
    void shouldSpreadSequentialFlowsEvenly() {
        final int buckets = 7;
        final int[] counts = new int[buckets];
        final int flows = 70_000;
        for (int flow = 0; flow < flows; flow++) {
            final int client = 0x0A00_0000 + flow / 100;
            counts[FlowHash.bucket(FlowHash.hash4(client, 0xC000_0201, 1024 + flow % 100, 443, 6, 7), buckets)]++;
        }
        for (final int count : counts) {
            // Six standard deviations of a binomial with n = 70,000 and p = 1/7.
            assertEquals(flows / buckets, count, 6 * Math.sqrt(flows / 7.0 * 6 / 7));
        }
    }

    @Test
    void shouldKeepBucketsInRange() {
        assertEquals(0, FlowHash.bucket(0, 3));
        assertEquals(2, FlowHash.bucket(-1, 3));
        assertEquals(0, FlowHash.bucket(-1, 1));
        assertEquals(Integer.MAX_VALUE - 1, FlowHash.bucket(-1, Integer.MAX_VALUE));
    }

    private static long hash4(final long[] t) {
        final int ports = (int) t[1];
        return FlowHash.hash4((int) t[0], (int) (t[0] >>> 32), ports & PORTS, ports >>> 16, (int) (t[1] >>> 32), t[2]);
    }

    private static long hash6(final long[] t) {
        final int ports = (int) t[5];
        return FlowHash.hash6(t[0], t[1], t[2], t[3], ports & PORTS, ports >>> 16, (int) (t[5] >>> 32) & 0xFF, t[4]);
    }

    private static void count(final int[] flips, final long difference) {
        for (int bit = 0; bit < 64; bit++) {
            flips[bit] += (int) (difference >>> bit & 1);
        }
    }

    private static void assertHalf(final int[][] flips, final int samples) {
        for (int in = 0; in < flips.length; in++) {
            for (int out = 0; out < 64; out++) {
                final double share = (double) flips[in][out] / samples;
                // Six standard deviations, as there are some 20,000 pairs.
                assertTrue(Math.abs(share - 0.5) < 6 * 0.5 / Math.sqrt(samples), "in=" + in + " out=" + out + ": " + share);
            }
        }
    }
}
