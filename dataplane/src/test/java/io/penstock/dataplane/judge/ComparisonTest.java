package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.Reaction.Sent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final Arrival ARRIVAL = new Arrival(0, JudgePackets.ipv4(8));
    private static final byte[] FORWARDED = JudgePackets.with(ARRIVAL.bytes(), 8, 63);

    private final Comparison comparison = new Comparison(2);

    private String kind(final Arrival arrival, final Reaction kernel, final Reaction penstock) {
        final Difference difference = comparison.of(0, arrival, kernel, penstock);
        return difference == null ? null : difference.kind();
    }

    private static Reaction sent(final int port, final byte[]... packets) {
        final List<Sent> sent = new ArrayList<>();
        for (final byte[] packet : packets) {
            sent.add(new Sent(port, packet));
        }
        return new Reaction(sent, List.of(), "");
    }

    private static Reaction host(final byte[] packet) {
        return new Reaction(List.of(), List.of(packet), "");
    }

    private static Reaction drop(final String reason) {
        return new Reaction(List.of(), List.of(), reason);
    }

    @Test
    void shouldSayNothingWhenBytesAndPortsAreTheSame() {
        assertNull(kind(ARRIVAL, sent(1, FORWARDED), sent(1, FORWARDED.clone())));
        assertNull(kind(ARRIVAL, Reaction.NOTHING, drop("no_route")));
    }

    @Test
    void shouldNameTheFieldWhenBytesDiffer() {
        assertEquals("IPv4: kernel forward, Penstock forward, first at IPv4 TTL",
                kind(ARRIVAL, sent(1, FORWARDED), sent(1, ARRIVAL.bytes())));
    }

    @Test
    void shouldDifferWhenThePortDoes() {
        assertEquals("IPv4: kernel forward, Penstock forward, by other ports",
                kind(ARRIVAL, sent(1, FORWARDED), sent(0, FORWARDED)));
    }

    @Test
    void shouldNameTheReasonWhenPenstockDrops() {
        assertEquals("IPv4: kernel icmp 11/0, Penstock drop (ttl_expired)",
                kind(ARRIVAL, sent(0, JudgePackets.error(ARRIVAL.bytes(), 11, 0, 7)), drop("ttl_expired")));
    }

    @Test
    void shouldDifferWhenOneOrderIsAnother() {
        final byte[] error = JudgePackets.error(ARRIVAL.bytes(), 5, 1, 7);
        assertEquals("IPv4: kernel icmp 5/1 + forward, Penstock forward + icmp 5/1",
                kind(ARRIVAL, sent(0, error, FORWARDED), sent(0, FORWARDED, error)));
    }

    @Test
    void shouldTolerateTheIdentificationOfAnErrorAndNothingElseOfIt() {
        final byte[] kernel = JudgePackets.error(ARRIVAL.bytes(), 11, 0, 7);
        assertNull(kind(ARRIVAL, sent(0, kernel), sent(0, JudgePackets.error(ARRIVAL.bytes(), 11, 0, 9))));
        assertEquals("IPv4: kernel icmp 11/0, Penstock icmp 11/0, first at IPv4 TTL",
                kind(ARRIVAL, sent(0, kernel), sent(0, JudgePackets.with(kernel, 8, 63))));
        // A forwarded packet's identification is its sender's.
        assertEquals("IPv4: kernel forward, Penstock forward, first at IPv4 ID",
                kind(ARRIVAL, sent(0, FORWARDED), sent(0, JudgePackets.with(FORWARDED, 5, 1))));
    }

    @Test
    void shouldNotOverlookAChecksumWhenItCoversWhatIsTolerated() {
        final byte[] kernel = JudgePackets.error(ARRIVAL.bytes(), 11, 0, 7);
        final byte[] wrong = JudgePackets.error(ARRIVAL.bytes(), 11, 0, 9);
        Wire.put16(wrong, 10, 0);
        assertEquals("IPv4: kernel icmp 11/0, Penstock icmp 11/0, first at IPv4 header checksum",
                kind(ARRIVAL, sent(0, kernel), sent(0, wrong)));
    }

    @Test
    void shouldTolerateTimesThatAreNearWhenInATimestampOption() {
        final Arrival arrival = new Arrival(0, JudgePackets.ipv4(8, 68, 8, 5, 0, 0, 0, 0, 0));
        final byte[] kernel = JudgePackets.ipv4(8, 68, 8, 9, 0, 0, 0, 10, 0);
        assertNull(kind(arrival, sent(1, kernel), sent(1, JudgePackets.ipv4(8, 68, 8, 9, 0, 0, 0, 10, 200))));
        assertEquals("IPv4: kernel forward, Penstock forward, first at IPv4 header checksum",
                kind(arrival, sent(1, kernel), sent(1, JudgePackets.ipv4(8, 68, 8, 9, 0, 0, 0, 20, 0))));
    }

    @Test
    void shouldHoldBackRedirectsOnlyWhenTheSenderHadOne() {
        final byte[] redirect = JudgePackets.error(ARRIVAL.bytes(), 5, 1, 7);
        assertEquals("IPv4: kernel icmp 5/1 + forward, Penstock forward",
                kind(ARRIVAL, sent(0, redirect, FORWARDED), sent(0, FORWARDED)));
        assertNull(kind(ARRIVAL, sent(0, redirect, FORWARDED), sent(0, FORWARDED)));
        assertNull(kind(ARRIVAL, sent(0, FORWARDED), sent(0, redirect, FORWARDED)));
    }

    @Test
    void shouldTakeFragmentsAsTheyComeWhenTheyAreForThisHost() {
        final byte[] fragment = JudgePackets.with(ARRIVAL.bytes(), 6, 0x20);
        assertNull(kind(new Arrival(0, fragment), Reaction.NOTHING, host(fragment)));
        assertEquals("IPv4: kernel drop, Penstock local", kind(ARRIVAL, Reaction.NOTHING, host(ARRIVAL.bytes())));
    }

    @Test
    void shouldLeaveOptionsToTheHostWhenThePacketIsForIt() {
        final Arrival arrival = new Arrival(0, JudgePackets.ipv4(8, 7, 7, 4, 0, 0, 0, 0, 0));
        final byte[] filled = arrival.bytes().clone();
        Wire.put32(filled, 22, 0x080A0000);
        assertNull(kind(arrival, host(filled), host(arrival.bytes())));
        filled[40 - 9] ^= 1;
        assertEquals("IPv4: kernel local, Penstock local, delivered first at IPv4 options",
                kind(arrival, host(filled), host(JudgePackets.with(arrival.bytes(), filled.length - 1, 0))));
    }

    @Test
    void shouldDifferWhenOptionsForThisHostAreNotAsTheyCame() {
        final Arrival arrival = new Arrival(0, JudgePackets.ipv4(8, 7, 7, 4, 0, 0, 0, 0, 0));
        final byte[] filled = arrival.bytes().clone();
        Wire.put32(filled, 22, 0x080A0000);
        final byte[] other = filled.clone();
        Wire.put32(other, 22, 0x080B0000);
        assertEquals("IPv4: kernel local, Penstock local, delivered first at IPv4 options",
                kind(arrival, host(other), host(filled)));
    }

    @Test
    void shouldLeaveTheDestinationToTheHostOnlyWhenThereIsASourceRoute() {
        final Arrival routed = new Arrival(0, JudgePackets.ipv4(8, 1, 137, 7, 4, 10, 0, 0, 9));
        final byte[] followed = routed.bytes().clone();
        Wire.put32(followed, 16, 0x0A000009);
        assertNull(kind(routed, host(followed), host(routed.bytes())));
        final Arrival recorded = new Arrival(0, JudgePackets.ipv4(8, 1, 7, 7, 4, 10, 0, 0, 9));
        final byte[] changed = recorded.bytes().clone();
        Wire.put32(changed, 16, 0x0A000009);
        assertEquals("IPv4: kernel local, Penstock local, delivered first at IPv4 destination",
                kind(recorded, host(changed), host(recorded.bytes())));
    }

    @Test
    void shouldSeeOnlyWhatTheSenderIsToldAsALimitsMatter() {
        final byte[] error = JudgePackets.error(ARRIVAL.bytes(), 3, 0, 7);
        assertTrue(isAboutLimits(sent(0, error), drop("no_route")));
        assertTrue(isAboutLimits(sent(1, FORWARDED), sent(1, error, FORWARDED)));
        assertFalse(isAboutLimits(sent(0, error), sent(0, JudgePackets.error(ARRIVAL.bytes(), 3, 1, 7))));
        assertFalse(isAboutLimits(sent(0, error), sent(1, error)));
        assertFalse(isAboutLimits(sent(0, error), sent(1, FORWARDED)));
        assertFalse(isAboutLimits(sent(1, FORWARDED), drop("no_route")));
    }

    private static boolean isAboutLimits(final Reaction kernel, final Reaction penstock) {
        return Spent.isAboutLimits(new Difference(0, ARRIVAL, kernel, penstock, "a kind"));
    }
}
