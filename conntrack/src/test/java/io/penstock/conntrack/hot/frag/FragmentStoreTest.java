package io.penstock.conntrack.hot.frag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.testkit.Allocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FragmentStoreTest {

    private static final long SECOND_NS = 1_000_000_000L;
    private static final int QUEUES = 3;
    private static final int FRAGMENTS = 8;
    private static final int LINK = TestFrames.LINK_BYTES;

    private final FragmentSettings settings = new FragmentSettings();
    private final FragmentMemory account = new FragmentMemory();
    private final FragmentStore store = new FragmentStore(settings, account, QUEUES, FRAGMENTS, 2048, 1, 2);
    private final TestFrames frames = new TestFrames(FRAGMENTS + 2);
    private long nowNs;

    @AfterEach
    void close() {
        store.giveUpAll();
        frames.freeReleased(store);
        assertEquals(0, frames.held());
        assertEquals(0, account.bytes4() + account.bytes6());
        store.close();
        account.close();
        frames.close();
    }

    @Test
    void shouldHaveTheFirstFragmentsLinkHeaderWhenThePacketIsWhole() {
        add("4 1 8 3");
        add("4 1 0 8 mf");
        assertEquals(LINK + 31, store.wholeLength());
        frames.copyWhole(store);
        // The frames' link headers are full of their packets' last byte.
        assertEquals(7 * 31, Memory.getUnsignedByte(frames.whole()));
        assertEquals(2, frames.freeReleased(store));
    }

    @Test
    void shouldGiveThePacketUpWhenTheBufferIsTooSmall() {
        add("4 1 0 8 mf");
        add("4 1 8 3");
        assertEquals(0, store.copyTo(frames.whole(), LINK + 30, frames.plan()));
        assertEquals(0, store.wholeLength());
        assertEquals(2, frames.freeReleased(store));
    }

    @Test
    void shouldGiveThePacketUpWhenNobodyCopiesIt() {
        add("6 1 0 8 mf");
        add("6 1 8 3");
        assertEquals(FragmentResult.HELD, add("6 2 0 8 mf"));
        assertEquals(2, frames.freeReleased(store));
        assertEquals(0, store.copyTo(frames.whole(), TestFrames.WHOLE_CAPACITY, frames.plan()));
    }

    @Test
    void shouldKeepFragmentsApartWhenUsersOrVrfsAreOthers() {
        add("4 1 0 8 mf");
        final long other = frames.put(FragmentLine.packet("4 1 8 3".split(" ")));
        assertEquals(FragmentResult.HELD, store.add4(other, LINK, LINK + 23, nowNs, 5, 0, 0));
        final long third = frames.put(FragmentLine.packet("4 1 8 3".split(" ")));
        assertEquals(FragmentResult.HELD, store.add4(third, LINK, LINK + 23, nowNs, 0, 5, 0));
    }

    @Test
    void shouldKeepIpv6FragmentsApartByDeviceOnlyWhenTheDestinationIsLinkLocalOrAGroup() {
        assertEquals(FragmentResult.WHOLE, fromTwoDevices(0xFD00_0000_0000_0000L));
        assertEquals(FragmentResult.WHOLE, fromTwoDevices(0xFEC0_0000_0000_0000L));
        assertEquals(FragmentResult.HELD, fromTwoDevices(0xFEBF_0000_0000_0000L));
        assertEquals(FragmentResult.HELD, fromTwoDevices(0xFF02_0000_0000_0000L));
    }

    @Test
    void shouldRefuseNewPacketsWhenAllRecordsOfPacketsAreInUse() {
        for (int id = 0; id < QUEUES; id++) {
            assertEquals(FragmentResult.HELD, add("4 " + id + " 0 8 mf"));
        }
        assertEquals(FragmentResult.NO_ROOM, add("4 9 0 8 mf"));
        assertEquals(FragmentResult.NO_ROOM, add("6 9 0 8 mf"));
        assertEquals(FragmentResult.HELD, add("4 1 8 8 mf"));
    }

    @Test
    void shouldRefuseFragmentsWhenAllTheirRecordsAreInUse() {
        for (int i = 0; i < FRAGMENTS; i++) {
            assertEquals(FragmentResult.HELD, add("4 1 " + 8 * i + " 8 mf"));
        }
        assertEquals(FragmentResult.NO_ROOM, add("4 1 64 1"));
        assertEquals(FragmentResult.NO_ROOM, add("6 1 64 1"));
        nowNs += 31 * SECOND_NS;
        assertEquals(FragmentStore.EXPIRED_WITH_FIRST, store.expire(nowNs));
        assertEquals(FragmentResult.NO_ROOM, add("6 1 64 1"));
        assertEquals(FRAGMENTS, frames.freeReleased(store));
        assertEquals(FragmentResult.HELD, add("6 1 64 1"));
    }

    @Test
    void shouldRefuseFragmentsWhenMoreWaitsThanTheThreshold() {
        settings.ipfragHighThresh = FragmentStore.QUEUE_BYTES + store.fragmentBytes();
        add("4 1 0 8 mf");
        assertEquals(settings.ipfragHighThresh, account.bytes4());
        assertEquals(FragmentResult.HELD, add("4 1 16 8 mf"));
        assertEquals(FragmentResult.NO_MEMORY, add("4 1 8 8 mf"));
        assertEquals(FragmentResult.HELD, add("6 1 8 8 mf"));
        settings.frag6HighThresh = 1;
        assertEquals(FragmentResult.NO_MEMORY, add("6 1 0 8 mf"));
        settings.ipfragHighThresh = 1 << 20;
        assertEquals(FragmentResult.HELD, add("4 1 8 8 mf"));
    }

    @Test
    void shouldExpireInOrderWhenTheTimeOutIsShortened() {
        add("4 1 0 8 mf");
        settings.ipfragTime = 5;
        add("4 2 8 8 mf", 7);
        assertEquals(FragmentStore.NOTHING, store.expire(5 * SECOND_NS - 1));
        assertEquals(FragmentStore.EXPIRED, store.expire(5 * SECOND_NS));
        assertEquals(FragmentStore.NOTHING, store.expire(29 * SECOND_NS));
        assertEquals(FragmentStore.EXPIRED_WITH_FIRST, store.expire(31 * SECOND_NS));
        assertEquals(2, frames.freeReleased(store));
    }

    @Test
    void shouldReportTheFirstFragmentWhenTheTimeIsOver() {
        add("6 1 8 8 mf", 3);
        add("6 1 0 8 mf", 4);
        assertEquals(FragmentStore.EXPIRED_WITH_FIRST, store.expire(60 * SECOND_NS));
        final ExpiredFragment expired = store.expired();
        assertEquals(6, expired.family());
        assertEquals(4, expired.device());
        assertEquals(LINK, expired.network());
        assertEquals(LINK + 56, expired.length());
        assertEquals(0, expired.user());
        assertEquals(1, Memory.getIntBE(expired.frame() + LINK + 44));
    }

    @Test
    void shouldNotTakeMoreForAPacketWhenItsTimeIsOverAndNobodyHasExpiredIt() {
        add("4 1 0 8 mf");
        nowNs = 30 * SECOND_NS;
        assertEquals(FragmentResult.HELD, add("4 1 8 3"));
        assertEquals(FragmentStore.EXPIRED_WITH_FIRST, store.expire(nowNs));
        assertEquals(FragmentStore.NOTHING, store.expire(nowNs));
        assertEquals(1, frames.freeReleased(store));
        assertEquals(FragmentResult.WHOLE, add("4 1 0 8 mf"));
    }

    @Test
    void shouldReleaseWhatWaitedWhenAPacketStartsOver() {
        settings.ipfragMaxDist = 1;
        add("4 1 0 8 mf");
        add("4 2 0 8 mf");
        assertEquals(FragmentResult.HELD, add("4 1 8 3"));
        assertEquals(1, store.startedOver());
        assertEquals(1, frames.freeReleased(store));
    }

    @Test
    void shouldCountNoDistanceWhenThePacketBeganWithoutLimit() {
        settings.ipfragMaxDist = 0;
        add("4 1 0 8 mf");
        settings.ipfragMaxDist = 1;
        add("4 2 0 8 mf");
        add("4 2 8 8 mf");
        assertEquals(FragmentResult.WHOLE, add("4 1 8 3"));
    }

    @Test
    void shouldCutBySizeWhenThePiecesAreForgotten() {
        add("4 1 0 8 mf");
        add("4 1 8 48 mf");
        add("4 1 56 8");
        final int bytes = frames.copyWhole(store).length;
        final long ip = frames.whole() + LINK;
        assertEquals(3, Gathered4.count(frames.plan(), ip, bytes, 1500));
        assertEquals(3, GatheredPlan.pieces(frames.plan()));
        GatheredPlan.forgetPieces(frames.plan());
        assertEquals(2, Gathered4.count(frames.plan(), ip, bytes, 1500));
        assertEquals(68, frames.cut4(bytes, 1500, 0).length);
        assertEquals(0, Gathered4.count(frames.plan(), ip, bytes, 27));
    }

    @Test
    void shouldFindNoHeaderBehindThePacketWhenExtensionHeadersLeadThere() {
        assertEquals(FragmentResult.PASS, add("6 1 0 0 plain"));
        assertEquals(FragmentResult.PASS, add("6 1 0 1 plain first=60"));
        assertEquals(FragmentResult.PASS, add("6 1 0 8 plain first=60 data=2cff000000000000"));
        assertEquals(FragmentResult.TRUNCATED, add("6 1 0 8 plain first=60 data=2c00000000000000"));
        assertEquals(FragmentResult.TRUNCATED, add("6 1 0 7 plain first=44"));
    }

    @Test
    void shouldTakeTheFragmentHeaderOutWhenItIsFarBehindTheBeginning() {
        final String far = " first=60 pre=2c2f" + "00".repeat(48 * 8 - 2);
        add("6 1 0 8 mf" + far);
        assertEquals(FragmentResult.WHOLE, add("6 1 8 8"));
        final byte[] whole = frames.copyWhole(store);
        assertEquals(40 + 48 * 8 + 16, whole.length);
        assertEquals(60, whole[6]);
        assertEquals((byte) 253, whole[40]);
        frames.freeReleased(store);
    }

    @Test
    void shouldExpireWhatEndsFirstWhenBothFamiliesWait() {
        add("6 1 8 8 mf");
        nowNs = 31 * SECOND_NS;
        add("4 1 0 8 mf");
        assertEquals(FragmentStore.EXPIRED, store.expire(62 * SECOND_NS));
        assertEquals(FragmentStore.EXPIRED_WITH_FIRST, store.expire(62 * SECOND_NS));
    }

    @Test
    void shouldGatherThePacketWhenItComesInTheMostPiecesThereCanBe() {
        final int pieces = 8192;
        try (MappedMemory memory = MappedMemory.reserve(pieces << 7, MappedMemory.Pages.NORMAL);
                FragmentStore large = new FragmentStore(settings, account, 1, pieces, 128, 1, 2)) {
            settings.frag6HighThresh = 1 << 30;
            int result = FragmentResult.HELD;
            for (int i = 0; i < pieces; i++) {
                assertEquals(FragmentResult.HELD, result);
                // Odd ones first, back to front, so that each is a run.
                final int k = pieces - 1 - (i << 1 & pieces - 1) - (i << 1 >= pieces ? 1 : 0);
                final String line = "6 1 " + 8 * k + (k < pieces - 1 ? " 8 mf" : " 7");
                final byte[] packet = FragmentLine.packet(line.split(" "));
                final long frame = memory.address() + ((long) k << 7);
                Memory.copyFromArray(packet, 0, frame + LINK, packet.length);
                result = large.add6(frame, LINK, LINK + packet.length, 0, 0, 0);
            }
            assertEquals(FragmentResult.WHOLE, result);
            assertEquals(TestFrames.WHOLE_CAPACITY, frames.copyWhole(large).length + LINK);
            assertEquals(GatheredPlan.MAX_BYTES, GatheredPlan.bytes(frames.plan()));
            for (int p = 0; p < 65_535; p++) {
                assertEquals((byte) (31 * p + 7 * (p >> 8)), Memory.getByte(frames.whole() + LINK + 40 + p));
            }
        }
    }

    @Test
    void shouldNotTouchTheHeapWhenPacketsAreGatheredAndGivenUp() {
        final long first = frames.put(FragmentLine.packet("4 1 0 64 mf".split(" ")));
        final long last = frames.put(FragmentLine.packet("4 1 64 3".split(" ")));
        // What the JVM itself needs the first time is below this; a byte a round would be above.
        Allocation.atMost(1999, () -> {
            for (int i = 0; i < 2000; i++) {
                store.add4(last, LINK, LINK + 23, i, 0, 0, 0);
                if ((i & 1) == 0) {
                    store.add4(first, LINK, LINK + 84, i, 0, 0, 0);
                    store.copyTo(frames.whole(), TestFrames.WHOLE_CAPACITY, frames.plan());
                } else {
                    store.expire(i + 30 * SECOND_NS);
                }
                while (store.takeReleased() != 0) {
                    frames.plan();
                }
            }
        });
        frames.free(first);
        frames.free(last);
    }

    @Test
    void shouldSayWhatIsPossibleWhenTheCapacityIsNot() {
        final IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> new FragmentStore(settings, account, 1, 0, 2048, 1, 2));
        assertEquals("a store for so many fragments is not possible: queues=1 fragments=0; choose 1 to 4194304 of both", refused.getMessage());
    }

    @Test
    void shouldSayWhetherItIsDroppedWhenAskedOfAResult() {
        assertEquals(false, FragmentResult.isDropped(FragmentResult.PASS));
        assertEquals(true, FragmentResult.isDropped(FragmentResult.DUPLICATE));
    }

    private int fromTwoDevices(final long destination) {
        int result = FragmentResult.HELD;
        for (int device = 1; device <= 2; device++) {
            final byte[] packet = FragmentLine.packet((device == 1 ? "6 1 0 8 mf" : "6 1 8 3").split(" "));
            final long frame = frames.put(packet);
            Memory.putLongBE(frame + LINK + 24, destination);
            result = store.add6(frame, LINK, LINK + packet.length, nowNs, 0, device);
        }
        store.giveUpAll();
        frames.freeReleased(store);
        return result;
    }

    private int add(final String line) {
        return add(line, 0);
    }

    private int add(final String line, final int device) {
        return frames.add(store, FragmentLine.packet(line.split(" ")), nowNs, device);
    }
}
