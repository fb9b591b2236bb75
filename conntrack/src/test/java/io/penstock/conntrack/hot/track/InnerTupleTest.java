package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.IpProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an error quotes. */
final class InnerTupleTest {

    private static final String ERROR4 = "0303000000000000";
    private static final String UDP4 = "4500002400000000401100000a0000020a000102";
    private static final String UDP6 = "6000000000081140 fd000000000000000000000000000002 fd000001000000000000000000000002";
    private static final String PORTS = "9c400035";
    private static final long ANSWER = ConnLayout.keys(0x35, 0x9C40);

    private final TestBytes bytes = new TestBytes();

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void shouldFindPortsBehindIpv4Header() {
        final long inner = read4(ERROR4 + UDP4 + PORTS);
        assertEquals(IpProtocol.UDP, InnerTuple.protocol(inner));
        assertEquals(ANSWER, InnerTuple.keys(inner));
        assertEquals(8, InnerTuple.ipOffset(inner));
        assertEquals(20, InnerTuple.l4Offset(inner));
    }

    @Test
    void shouldGoPastOptions() {
        final long inner = read4(ERROR4 + "46" + UDP4.substring(2) + "94040000" + PORTS);
        assertEquals(ANSWER, InnerTuple.keys(inner));
        assertEquals(24, InnerTuple.l4Offset(inner));
    }

    @Test
    void shouldTakeWhatStandsThereWhenIpv4HeaderIsOdd() {
        assertEquals(ANSWER, InnerTuple.keys(read4(ERROR4 + "65" + UDP4.substring(2) + PORTS)), "version 6");
        final long shorter = read4(ERROR4 + "44" + UDP4.substring(2) + PORTS);
        assertEquals(16, InnerTuple.l4Offset(shorter));
        assertEquals(IpProtocol.UDP, InnerTuple.protocol(shorter));
    }

    @Test
    void shouldFindNothingWhenIpv4HeaderIsNone() {
        assertEquals(InnerTuple.NONE, read4(ERROR4 + "4f" + UDP4.substring(2) + PORTS), "60 bytes");
        assertEquals(InnerTuple.NONE, read4(ERROR4 + UDP4.replace("00000000401100", "00000001401100") + PORTS), "a later fragment");
        assertEquals(InnerTuple.NONE, read4(ERROR4 + UDP4.substring(0, 38)), "cut header");
        assertEquals(InnerTuple.NONE, read4(ERROR4 + UDP4 + PORTS.substring(2)), "cut ports");
        assertEquals(InnerTuple.NONE, read4(ERROR4), "nothing");
    }

    @Test
    void shouldFindKeysOfQuotedQueryAndNoneOfQuotedError() {
        final String icmp = UDP4.replace("4011", "4001");
        final long inner = read4(ERROR4 + icmp + "0800000012340001");
        assertEquals(0x1234, ConnLayout.sourceKey(InnerTuple.keys(inner)));
        assertEquals(0, TupleReader.icmpType(InnerTuple.keys(inner)));
        assertEquals(InnerTuple.NONE, read4(ERROR4 + icmp + "0301000000000000"));
    }

    @Test
    void shouldFindPortsBehindIpv6Headers() {
        final long inner = read6("0104000000000000" + UDP6 + PORTS);
        assertEquals(IpProtocol.UDP, InnerTuple.protocol(inner));
        assertEquals(ANSWER, InnerTuple.keys(inner));
        assertEquals(8, InnerTuple.ipOffset(inner));
        assertEquals(40, InnerTuple.l4Offset(inner));
        final long extended = read6("0104000000000000" + UDP6.replace("1140", "2c40") + "1100000100000005" + PORTS);
        assertEquals(ANSWER, InnerTuple.keys(extended), "a first fragment");
        assertEquals(48, InnerTuple.l4Offset(extended));
        assertEquals(InnerTuple.NONE, read6("0104000000000000" + UDP6.replace("1140", "2c40") + "1100000900000005" + PORTS), "a later fragment");
        assertEquals(InnerTuple.NONE, read6("0104000000000000" + UDP6));
        assertEquals(InnerTuple.NONE, read6("0104000000000000"));
    }

    @Test
    void shouldFindPacketThatRedirectQuotes() {
        final String addresses = "fe800000000000000000000000000005 fd000001000000000000000000000002";
        final long inner = read6("8900000000000000" + addresses + "0407000000000000" + UDP6 + PORTS + "00000000");
        assertEquals(48, InnerTuple.ipOffset(inner));
        assertEquals(ANSWER, InnerTuple.keys(inner));
        assertEquals(InnerTuple.NONE, read6("8900000000000000" + addresses));
    }

    private long read4(final String hex) {
        return InnerTuple.read4(bytes.putHex(hex), hex.length() / 2);
    }

    private long read6(final String hex) {
        return InnerTuple.read6(bytes.putHex(hex), hex.replace(" ", "").length() / 2);
    }
}
