package io.penstock.conntrack.hot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.MappedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ConnLayoutTest {

    private final MappedMemory memory = MappedMemory.reserve(4096, MappedMemory.Pages.NORMAL);
    private final long entry = memory.address();

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void shouldLieInLinesWithoutOverlap() {
        assertEquals(0, ConnLayout.DEADLINE % 8);
        assertEquals(ConnLayout.MARK, ConnLayout.DEADLINE + 8);
        assertEquals(ConnLayout.ZONE, ConnLayout.MARK + 4);
        assertEquals(ConnLayout.PROTOCOL, ConnLayout.ZONE + 4);
        assertEquals(ConnLayout.TUPLE, ConnLayout.MASQUERADE + 4);
        assertEquals(ConnLayout.MASTER, ConnLayout.TUPLE + 2 * ConnLayout.TUPLE_BYTES);
        assertEquals(ConnLayout.TRACKER, ConnLayout.POLICY + 4);
        assertEquals(ConnLayout.ACCOUNTING, ConnLayout.TRACKER + ConnLayout.TRACKER_BYTES);
        assertEquals(ConnLayout.START, ConnLayout.ACCOUNTING + 2 * ConnLayout.ACCOUNTING_BYTES);
        assertEquals(ConnLayout.IPV4_BYTES, ConnLayout.LABELS + ConnLayout.LABELS_BYTES);
        assertEquals(ConnLayout.IPV6_BYTES, ConnLayout.ADDRESSES6 + 2 * ConnLayout.ADDRESSES6_BYTES);
        assertEquals(0, ConnLayout.IPV4_BYTES % ConnLayout.ALIGNMENT + ConnLayout.IPV6_BYTES % ConnLayout.ALIGNMENT);
    }

    @Test
    void shouldKeepEveryFieldApartWhenAllAreSet() {
        ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY | ConnStatus.HW_OFFLOAD);
        ConnLayout.setTrackerState(entry, 0xAB);
        ConnLayout.setDeadline(entry, -5);
        ConnLayout.setMark(entry, 0xDEAD_BEEF);
        ConnLayout.setZone(entry, ConnDirection.ORIGINAL, 0xFFFF);
        ConnLayout.setZone(entry, ConnDirection.REPLY, 7);
        ConnLayout.setProtocol(entry, 255);
        ConnLayout.setFlags(entry, ConnLayout.FLAG_LABELS);
        ConnLayout.setMasquerade(entry, 12);
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, 1, 2, ConnLayout.keys(65535, 80));
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, 3, 4, ConnLayout.keys(80, 65535));
        ConnLayout.setMaster(entry, 5);
        ConnLayout.setPolicy(entry, 6);
        ConnLayout.account(entry, ConnDirection.ORIGINAL, 1, 60);
        ConnLayout.account(entry, ConnDirection.REPLY, 2, 120);
        ConnLayout.account(entry, ConnDirection.REPLY, 1, 40);
        ConnLayout.setStart(entry, 100);
        ConnLayout.setStop(entry, 200);
        ConnLayout.setLabels(entry, 1, 9);
        ConnLayout.setTuple6(entry, ConnDirection.REPLY, 10, 11, 12, 13, ConnLayout.keys(80, 65535));

        assertEquals(ConnStatus.SEEN_REPLY | ConnStatus.HW_OFFLOAD, ConnLayout.status(entry));
        assertEquals(0xAB, ConnLayout.trackerState(entry));
        assertEquals(0, ConnLayout.generation(entry));
        assertEquals(-5, ConnLayout.deadline(entry));
        assertEquals(0xDEAD_BEEF, ConnLayout.mark(entry));
        assertEquals(0xFFFF, ConnLayout.zone(entry, ConnDirection.ORIGINAL));
        assertEquals(7, ConnLayout.zone(entry, ConnDirection.REPLY));
        assertEquals(255, ConnLayout.protocol(entry));
        assertEquals(ConnLayout.FLAG_LABELS, ConnLayout.flags(entry));
        assertEquals(12, ConnLayout.masquerade(entry));
        assertEquals(1, ConnLayout.source4(entry, ConnDirection.ORIGINAL));
        assertEquals(2, ConnLayout.destination4(entry, ConnDirection.ORIGINAL));
        assertEquals(65535, ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL)));
        assertEquals(80, ConnLayout.destinationKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL)));
        assertEquals(4, ConnLayout.destination4(entry, ConnDirection.REPLY));
        assertEquals(5, ConnLayout.master(entry));
        assertEquals(6, ConnLayout.policy(entry));
        assertEquals(60, ConnLayout.bytes(entry, ConnDirection.ORIGINAL));
        assertEquals(3, ConnLayout.packets(entry, ConnDirection.REPLY));
        assertEquals(160, ConnLayout.bytes(entry, ConnDirection.REPLY));
        assertEquals(100, ConnLayout.start(entry));
        assertEquals(200, ConnLayout.stop(entry));
        assertEquals(0, ConnLayout.labels(entry, 0));
        assertEquals(9, ConnLayout.labels(entry, 1));
        assertEquals(13, ConnLayout.destination6Low(entry, ConnDirection.REPLY));
        assertEquals(0, Memory.getLong(entry + ConnLayout.TRACKER));
    }

    @Test
    void shouldTellOnceWhenAStatusIsSetTwice() {
        assertTrue(ConnLayout.setStatus(entry, ConnStatus.DYING));
        assertFalse(ConnLayout.setStatus(entry, ConnStatus.DYING));
        ConnLayout.clearStatus(entry, ConnStatus.DYING);
        assertTrue(ConnLayout.setStatus(entry, ConnStatus.DYING));
    }

    @Test
    void shouldBeClaimedByOneWhenTwoTry() {
        assertTrue(ConnLayout.tryClaim(entry));
        assertFalse(ConnLayout.tryClaim(entry));
        ConnLayout.setStatus(entry, ConnStatus.ASSURED);
        ConnLayout.release(entry);
        assertTrue(ConnLayout.tryClaim(entry));
        assertEquals(ConnStatus.ASSURED, ConnLayout.status(entry));
    }

    @Test
    void shouldHoldALengthWhenUnconfirmedAndAnInstantAfter() {
        Deadline.refresh(entry, 30 * Deadline.SECOND_NS, 1_000);
        assertEquals(30 * Deadline.SECOND_NS, ConnLayout.deadline(entry));
        Deadline.start(entry, 1_000);
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED);
        assertEquals(30 * Deadline.SECOND_NS, Deadline.left(entry, 1_000));
        assertFalse(Deadline.hasPassed(entry, 1_000 + 30 * Deadline.SECOND_NS - 1));
        assertTrue(Deadline.hasPassed(entry, 1_000 + 30 * Deadline.SECOND_NS));
        assertEquals(0, Deadline.left(entry, Long.MAX_VALUE / 2));
    }

    @Test
    void shouldMoveWhenTheGrainIsPassedOrTheEndComesNearer() {
        Deadline.refresh(entry, 100, 0);
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED);
        Deadline.set(entry, 30 * Deadline.SECOND_NS, 0);
        Deadline.refresh(entry, 30 * Deadline.SECOND_NS, 1_000_000);
        assertEquals(30 * Deadline.SECOND_NS, ConnLayout.deadline(entry));
        Deadline.refresh(entry, 30 * Deadline.SECOND_NS, 10_000_000);
        assertEquals(30 * Deadline.SECOND_NS + 10_000_000, ConnLayout.deadline(entry));
        Deadline.refresh(entry, 10 * Deadline.SECOND_NS, 10_000_001);
        assertEquals(10 * Deadline.SECOND_NS + 10_000_001, ConnLayout.deadline(entry));
    }

    @Test
    void shouldNotMoveWhenTheTimeoutIsFixed() {
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED | ConnStatus.FIXED_TIMEOUT);
        Deadline.set(entry, Deadline.SECOND_NS, 0);
        Deadline.refresh(entry, 30 * Deadline.SECOND_NS, 1);
        assertEquals(Deadline.SECOND_NS, ConnLayout.deadline(entry));
    }

    @Test
    void shouldNameTheDirectionWhenAPacketHasInfo() {
        assertEquals(ConnDirection.ORIGINAL, ConnInfo.direction(ConnInfo.NEW));
        assertEquals(ConnDirection.REPLY, ConnInfo.direction(ConnInfo.ESTABLISHED_REPLY));
        assertEquals(ConnDirection.REPLY, ConnInfo.direction(ConnInfo.RELATED_REPLY));
        assertEquals(ConnDirection.REPLY, ConnDirection.opposite(ConnDirection.ORIGINAL));
    }
}
