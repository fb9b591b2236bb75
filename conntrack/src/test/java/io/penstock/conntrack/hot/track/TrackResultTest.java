package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.testkit.Allocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What trackers tell their caller beside the verdict, and what they leave alone. */
final class TrackResultTest {

    private static final int ORIGINAL = ConnDirection.ORIGINAL;
    private static final int REPLY = ConnDirection.REPLY;

    private final TestBytes bytes = new TestBytes();
    private final TrackerSettings settings = new TrackerSettings();
    private final long entry = bytes.entry();
    private final long tcp = bytes.put(new byte[20]);
    private long nowNs = 1;

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void shouldTellStatesAndAssuranceOfTcp() {
        assertEquals(TrackResult.of(TrackResult.ACCEPT, ConnEvents.PROTOINFO), begin());
        assertEquals(TrackResult.of(TrackResult.ACCEPT, ConnEvents.PROTOINFO), segment(REPLY, TcpLayout.SYN | TcpLayout.ACK, 500, 101));
        ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY);
        assertEquals(
                TrackResult.of(TrackResult.ACCEPT, ConnEvents.PROTOINFO | ConnEvents.ASSURED), segment(ORIGINAL, TcpLayout.ACK, 101, 501));
        assertEquals(TrackResult.ACCEPT, segment(REPLY, TcpLayout.ACK, 501, 101));
        assertEquals(TrackResult.INVALID, TrackResult.verdict(segment(REPLY, TcpLayout.ACK, 501, 102)));
        assertEquals(TrackResult.of(TrackResult.ACCEPT, ConnEvents.PROTOINFO), segment(ORIGINAL, TcpLayout.FIN | TcpLayout.ACK, 101, 501));
        assertEquals(TcpRecord.CLOSE_INITIATED, TcpRecord.flags(entry, ORIGINAL) & TcpRecord.CLOSE_INITIATED);
        assertEquals(0, TcpRecord.flags(entry, REPLY) & TcpRecord.CLOSE_INITIATED);
        assertTrue(TcpState.isClosing(ConnLayout.trackerState(entry)));
    }

    @Test
    void shouldEndConnectionWhenRstIsTheOnlyAnswer() {
        begin();
        assertEquals(TrackResult.ACCEPT_AND_KILL, TrackResult.verdict(segment(REPLY, TcpLayout.RST | TcpLayout.ACK, 0, 101)));
    }

    @Test
    void shouldAskForAnotherConnectionWhenSynFollowsEnd() {
        begin();
        segment(REPLY, TcpLayout.SYN | TcpLayout.ACK, 500, 101);
        ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY);
        segment(ORIGINAL, TcpLayout.FIN | TcpLayout.ACK, 101, 501);
        segment(REPLY, TcpLayout.FIN | TcpLayout.ACK, 501, 102);
        segment(ORIGINAL, TcpLayout.ACK, 102, 502);
        assertEquals(TcpState.TIME_WAIT, ConnLayout.trackerState(entry));
        assertEquals(TrackResult.REPEAT, segment(ORIGINAL, TcpLayout.SYN, 9_000, 0));
    }

    @Test
    void shouldLeaveDeadlineWhenTimeoutIsFixed() {
        begin();
        ConnLayout.setStatus(entry, ConnStatus.FIXED_TIMEOUT);
        final long deadline = ConnLayout.deadline(entry);
        nowNs += 5 * Deadline.SECOND_NS;
        segment(REPLY, TcpLayout.SYN | TcpLayout.ACK, 500, 101);
        assertEquals(deadline, ConnLayout.deadline(entry));
    }

    @Test
    void shouldKeepWindowScaleAndFlagsForListings() {
        begin();
        TcpRecord.setScale(entry, REPLY, 9);
        TcpRecord.setFlags(entry, REPLY, TcpRecord.BE_LIBERAL | TcpRecord.SACK_PERMITTED, TcpRecord.BE_LIBERAL);
        assertEquals(9, TcpRecord.scale(entry, REPLY));
        assertEquals(TcpRecord.BE_LIBERAL, TcpRecord.flags(entry, REPLY));
        assertEquals(0, TcpRecord.scale(entry, ORIGINAL));
    }

    @Test
    void shouldNeverAssureWhatLostAClash() {
        for (final int protocol : new int[] {IpProtocol.UDP, IpProtocol.UDPLITE, IpProtocol.GRE}) {
            bytes.entry();
            Trackers.first(entry, protocol, 0, 0, settings, nowNs);
            ConnLayout.setStatus(entry, ConnStatus.CONFIRMED | ConnStatus.SEEN_REPLY | ConnStatus.NAT_CLASH);
            assertEquals(TrackResult.ACCEPT, Trackers.packet(entry, REPLY, protocol, 0, 0, settings, nowNs + 3 * Deadline.SECOND_NS));
            assertFalse(ConnLayout.hasStatus(entry, ConnStatus.ASSURED), "protocol=" + protocol);
            ConnLayout.clearStatus(entry, ConnStatus.NAT_CLASH);
            assertEquals(
                    TrackResult.of(TrackResult.ACCEPT, ConnEvents.ASSURED),
                    Trackers.packet(entry, REPLY, protocol, 0, 0, settings, nowNs + 3 * Deadline.SECOND_NS));
            assertTrue(ConnLayout.hasStatus(entry, ConnStatus.ASSURED), "protocol=" + protocol);
        }
    }

    @Test
    void shouldStayInsideOfTrackersLine() {
        begin();
        segment(REPLY, TcpLayout.SYN | TcpLayout.ACK, 500, 101);
        for (int i = 0; i < 300; i++) {
            segment(REPLY, TcpLayout.ACK, 501, 101);
        }
        assertEquals(255, TcpRecord.repetitions(entry));
        assertEquals(0, ConnLayout.packets(entry, ORIGINAL));
        assertEquals(0, ConnLayout.bytes(entry, ORIGINAL));
        assertEquals(0, ConnLayout.keysOf(entry, REPLY));
    }

    @Test
    void shouldAllocateNothing() {
        begin();
        segment(REPLY, TcpLayout.SYN | TcpLayout.ACK, 500, 101);
        segment(ORIGINAL, TcpLayout.ACK, 101, 501);
        Allocation.atMost(0, () -> {
            segment(REPLY, TcpLayout.ACK, 501, 101);
            segment(ORIGINAL, TcpLayout.SYN, 70_000, 0);
            segment(REPLY, TcpLayout.RST, 400, 0);
        });
    }

    private int begin() {
        put(TcpLayout.SYN, 100, 0);
        final int result = TcpTracker.first(entry, tcp, 20, settings, nowNs);
        Deadline.start(entry, nowNs);
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED);
        return result;
    }

    private int segment(final int direction, final int flags, final int sequence, final int ack) {
        put(flags, sequence, ack);
        nowNs += 1_000;
        return TcpTracker.packet(entry, direction, tcp, 20, settings, nowNs);
    }

    private void put(final int flags, final int sequence, final int ack) {
        TcpLayout.setHeaderBytes(tcp, 20);
        TcpLayout.setFlags(tcp, flags);
        TcpLayout.setSequence(tcp, sequence);
        TcpLayout.setAcknowledgment(tcp, ack);
        TcpLayout.setWindow(tcp, 1_000);
    }
}
