package io.penstock.conntrack.hot.frag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class FragmentStorePropertyTest {

    private static final int FRAMES = 256;
    private static final int MAX_PAYLOAD = 9000;

    @Property(tries = 300)
    void shouldGiveThePacketBackWhenItsFragmentsComeInAnyOrderAndTwice(
            @ForAll final boolean isIpv4, @ForAll @IntRange(min = 9, max = MAX_PAYLOAD) final int payload, @ForAll final long seed) {
        final Random random = new Random(seed);
        final List<Integer> cuts = cuts(payload, random);
        final List<String> lines = new ArrayList<>();
        for (int i = 0; i + 1 < cuts.size(); i++) {
            lines.add(line(isIpv4, 7, cuts.get(i), cuts.get(i + 1) - cuts.get(i), cuts.get(i + 1) < payload));
        }
        Collections.shuffle(lines, random);
        // Whatever is repeated comes before what completes the packet.
        for (int i = random.nextInt(4); i > 0; i--) {
            final int k = random.nextInt(lines.size() - 1);
            lines.add(k + random.nextInt(lines.size() - k - 1), lines.get(k));
        }
        try (Lane lane = new Lane()) {
            for (int i = 0; i < lines.size() - 1; i++) {
                final int result = lane.add(lines.get(i));
                assertTrue(result == FragmentResult.HELD || result == FragmentResult.DUPLICATE, lines.toString());
            }
            assertEquals(FragmentResult.WHOLE, lane.add(lines.get(lines.size() - 1)));
            final byte[] whole = lane.frames.copyWhole(lane.store);
            assertArrayEquals(payload(payload), Arrays.copyOfRange(whole, isIpv4 ? 20 : 40, whole.length));
            assertEquals(whole.length - (isIpv4 ? 0 : 40), (whole[isIpv4 ? 2 : 4] & 0xFF) << 8 | whole[isIpv4 ? 3 : 5] & 0xFF);
            assertEquals(cuts.size() - 1, lane.frames.freeReleased(lane.store));
            assertEquals(0, lane.frames.held());
            lane.assertLeavesAsItCame(isIpv4, whole.length, cuts);
        }
    }

    @Property(tries = 300)
    void shouldNeitherLoseAFrameNorMixPacketsWhenAnythingComes(@ForAll final long seed) {
        final Random random = new Random(seed);
        try (Lane lane = new Lane()) {
            lane.settings.ipfragMaxDist = random.nextInt(5) * 8;
            for (int i = 0; i < 400; i++) {
                final boolean isIpv4 = random.nextBoolean();
                // In the same hundred bytes, most often, so that they meet.
                final int offset = random.nextInt(random.nextInt(10) == 0 ? 8192 : 12) * 8;
                final int length = random.nextInt(random.nextInt(5) == 0 ? 3000 : 60);
                final int result = lane.add(line(isIpv4, random.nextInt(3), offset, length, random.nextInt(3) != 0));
                if (result == FragmentResult.WHOLE && random.nextInt(5) != 0) {
                    final byte[] whole = lane.frames.copyWhole(lane.store);
                    final int header = isIpv4 ? 20 : 40;
                    assertArrayEquals(payload(whole.length - header), Arrays.copyOfRange(whole, header, whole.length));
                }
                if (random.nextInt(8) == 0) {
                    lane.nowNs += random.nextInt(20) * 1_000_000_000L;
                    while (lane.store.expire(lane.nowNs) != FragmentStore.NOTHING) {
                        lane.frames.freeReleased(lane.store);
                    }
                }
                if (random.nextBoolean()) {
                    lane.frames.freeReleased(lane.store);
                    if (lane.store.wholeLength() == 0) {
                        assertEquals(lane.bytes(), lane.frames.held() * (long) lane.store.fragmentBytes() + lane.queueBytes());
                    }
                }
            }
        }
    }

    @Property(tries = 300)
    void shouldGatherTheSamePacketAgainWhenItWasCutForAnyMtu(
            @ForAll final boolean isIpv4,
            @ForAll @IntRange(min = 17, max = MAX_PAYLOAD) final int payload,
            @ForAll @IntRange(min = 28, max = 3000) final int mtu,
            @ForAll final long seed) {
        final List<Integer> cuts = cuts(payload, new Random(seed));
        try (Lane lane = new Lane(); Lane next = new Lane()) {
            for (int i = 0; i + 1 < cuts.size(); i++) {
                lane.add(line(isIpv4, 9, cuts.get(i), cuts.get(i + 1) - cuts.get(i), cuts.get(i + 1) < payload));
            }
            final byte[] whole = lane.frames.copyWhole(lane.store);
            lane.frames.freeReleased(lane.store);
            if (!isIpv4) {
                lane.assertFitsOrIsRefused6(whole.length, Math.max(mtu, 1280));
                return;
            }
            final int count = Gathered4.count(lane.frames.plan(), lane.frames.whole() + TestFrames.LINK_BYTES, whole.length, mtu);
            int result = FragmentResult.HELD;
            for (int k = 0; k < count && k < FRAMES; k++) {
                final byte[] piece = lane.frames.cut4(whole.length, mtu, k);
                assertTrue(piece.length <= mtu && piece.length <= GatheredPlan.largest(lane.frames.plan()));
                if (count > 1 && count <= FRAMES) {
                    assertEquals(FragmentResult.HELD, result);
                    result = next.addPacket(piece);
                }
            }
            if (result == FragmentResult.WHOLE) {
                assertArrayEquals(whole, next.frames.copyWhole(next.store));
            }
            assertTrue(result == FragmentResult.WHOLE || count == 1 || count > FRAMES);
        }
    }

    /** Where the packet is cut: at 0, at multiples of 8, at least once, and at its end. */
    private static List<Integer> cuts(final int payload, final Random random) {
        final TreeSet<Integer> cuts = new TreeSet<>(List.of(0, 8, payload));
        for (int i = random.nextInt(12); i > 0; i--) {
            cuts.add(random.nextInt(payload) & -8);
        }
        return new ArrayList<>(cuts);
    }

    private static String line(final boolean isIpv4, final int id, final int offset, final int length, final boolean isMore) {
        return (isIpv4 ? "4 " : "6 ") + id + ' ' + offset + ' ' + length + (isMore ? " mf" : "");
    }

    private static byte[] payload(final int bytes) {
        final byte[] payload = new byte[bytes];
        for (int p = 0; p < bytes; p++) {
            payload[p] = (byte) (31 * p + 7 * (p >> 8));
        }
        return payload;
    }

    /** A store with its frames; at the end it gives all back. */
    private static final class Lane implements AutoCloseable {

        final FragmentSettings settings = new FragmentSettings();
        final FragmentMemory account = new FragmentMemory();
        final FragmentStore store = new FragmentStore(settings, account, 4, FRAMES, 2048, 1, 2);
        final TestFrames frames = new TestFrames(FRAMES + 1);
        long nowNs;

        int add(final String line) {
            final String[] words = line.split(" ");
            final byte[] packet = FragmentLine.packet(words);
            final boolean isNone = "4".equals(words[0]) && words.length == 4 && "0".equals(words[2]);
            return isNone ? FragmentResult.PASS : addPacket(packet);
        }

        int addPacket(final byte[] packet) {
            final int result = frames.add(store, packet, nowNs, 0);
            if (result > FragmentResult.WHOLE) {
                frames.freeReleased(store);
            }
            return result;
        }

        long bytes() {
            return account.bytes4() + account.bytes6();
        }

        /** What is counted beyond the fragments: whole queues, of which there are four. */
        long queueBytes() {
            final long rest = bytes() - frames.held() * (long) store.fragmentBytes();
            assertTrue(rest >= 0 && rest <= 4 * FragmentStore.QUEUE_BYTES && rest % FragmentStore.QUEUE_BYTES == 0, "rest=" + rest);
            return rest;
        }

        void assertLeavesAsItCame(final boolean isIpv4, final int bytes, final List<Integer> cuts) {
            final long ip = frames.whole() + TestFrames.LINK_BYTES;
            final int pieces = cuts.size() - 1;
            if (!isIpv4 && bytes <= GatheredPlan.largest(frames.plan())) {
                assertEquals(Gathered6.AS_IT_IS, Gathered6.count(frames.plan(), ip, bytes, MAX_PAYLOAD + 48));
                return;
            }
            if (isIpv4) {
                assertEquals(pieces, Gathered4.count(frames.plan(), ip, bytes, MAX_PAYLOAD + 20));
            } else {
                assertEquals(pieces, Gathered6.count(frames.plan(), ip, bytes, MAX_PAYLOAD + 48));
            }
            for (int k = 0; k < pieces; k++) {
                final int length = cuts.get(k + 1) - cuts.get(k);
                final byte[] expected = FragmentLine.packet(line(isIpv4, 7, cuts.get(k), length, k + 1 < pieces).split(" "));
                assertArrayEquals(expected, isIpv4
                        ? frames.cut4(bytes, MAX_PAYLOAD + 20, k)
                        : frames.cut6(bytes, k, GatheredPlan.identification(frames.plan())));
            }
        }

        void assertFitsOrIsRefused6(final int bytes, final int mtu) {
            final int count = Gathered6.count(frames.plan(), frames.whole() + TestFrames.LINK_BYTES, bytes, mtu);
            final int largest = GatheredPlan.largest(frames.plan());
            assertEquals(largest > mtu && bytes > mtu, count == Gathered6.TOO_BIG);
            assertEquals(bytes <= mtu && bytes <= largest, count == Gathered6.AS_IT_IS);
            for (int k = 0; k < count; k++) {
                final int piece = frames.cut6(bytes, k, 1).length;
                assertTrue(piece <= mtu && piece <= Math.max(largest, 1280));
            }
        }

        @Override
        public void close() {
            store.giveUpAll();
            frames.freeReleased(store);
            assertEquals(0, frames.held());
            assertEquals(0, bytes());
            store.close();
            account.close();
            frames.close();
        }
    }
}
