package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.TrackerSettings;
import io.penstock.os.hot.packet.TcpLayout;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments that go by without the tracker, as when another worker that has lost its CPU holds the connection. */
final class UnjudgedTest {

    private static final int DATA = 100;
    private static final int CLIENT = 1_000;
    private static final int SERVER = 9_000;

    private final TestBytes bytes = new TestBytes();
    private final TrackerSettings settings = new TrackerSettings();
    private final long entry = bytes.entry();

    @BeforeEach
    void open() {
        final int syn = TcpLayout.SYN;
        final int first = TcpTracker.first(entry, segment(syn, CLIENT, 0, 0), TcpLayout.HEADER_BYTES, settings, 1);
        assertEquals(TrackResult.ACCEPT, TrackResult.verdict(first));
        ConnLayout.setStatus(entry, ConnStatus.CONFIRMED);
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.REPLY, syn | TcpLayout.ACK, SERVER, CLIENT + 1, 0));
        ConnLayout.setStatus(entry, ConnStatus.SEEN_REPLY);
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.ORIGINAL, TcpLayout.ACK, CLIENT + 1, SERVER + 1, 0));
    }

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void shouldRefuseTheAcknowledgmentOfWhatNobodySent() {
        assertEquals(TrackResult.INVALID, judge(ConnDirection.REPLY, TcpLayout.ACK, SERVER + 1, CLIENT + 1 + DATA, 0));
    }

    @Test
    void shouldBelieveTheAcknowledgmentOfWhatWentByUnjudged() {
        ConnLayout.setUnjudged(entry);
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.REPLY, TcpLayout.ACK, SERVER + 1, CLIENT + 1 + DATA, DATA));
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.ORIGINAL, TcpLayout.ACK, CLIENT + 1 + DATA, SERVER + 1 + DATA, 0));
        // Once, and no more.
        assertEquals(TrackResult.INVALID, judge(ConnDirection.REPLY, TcpLayout.ACK, SERVER + 1 + DATA, CLIENT + 1 + 2 * DATA, 0));
    }

    @Test
    void shouldKeepWhatIsToBeMadeUpUntilASegmentNeedsIt() {
        ConnLayout.setUnjudged(entry);
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.REPLY, TcpLayout.ACK, SERVER + 1, CLIENT + 1, 0));
        assertEquals(TrackResult.ACCEPT, judge(ConnDirection.REPLY, TcpLayout.ACK, SERVER + 1, CLIENT + 1 + DATA, 0));
    }

    private int judge(final int direction, final int flags, final int sequence, final int ack, final int data) {
        return TrackResult.verdict(TcpTracker.packet(
                entry, direction, segment(flags, sequence, ack, data), TcpLayout.HEADER_BYTES + data, settings, Deadline.SECOND_NS));
    }

    private long segment(final int flags, final int sequence, final int ack, final int data) {
        final long tcp = bytes.put(new byte[TcpLayout.HEADER_BYTES + data]);
        TcpLayout.setHeaderBytes(tcp, TcpLayout.HEADER_BYTES);
        TcpLayout.setFlags(tcp, flags);
        TcpLayout.setSequence(tcp, sequence);
        TcpLayout.setAcknowledgment(tcp, ack);
        TcpLayout.setWindow(tcp, 1 << 15);
        return tcp;
    }
}
