package io.penstock.conntrack.hot.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.os.hot.packet.IpProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys of each protocol, and of what answers. */
final class TupleReaderTest {

    private final TestBytes bytes = new TestBytes();

    @AfterEach
    void close() {
        bytes.close();
    }

    @Test
    void shouldReadPortsWhenFourBytesAreThere() {
        for (final int protocol : new int[] {IpProtocol.TCP, IpProtocol.UDP, IpProtocol.UDPLITE, IpProtocol.SCTP}) {
            assertEquals(ConnLayout.keys(0x9C40, 0x0050) & 0xFFFF_FFFFL, TupleReader.keys(protocol, bytes.putHex("9c400050"), 4));
            assertEquals(TupleReader.NONE, TupleReader.keys(protocol, bytes.putHex("9c4000"), 3));
            assertEquals(0xFFFF_FFFFL, TupleReader.keys(protocol, bytes.putHex("ffffffff"), 4), "all ports are not NONE");
        }
    }

    @Test
    void shouldReadTypeCodeAndIdentifierOfIcmp() {
        for (final int protocol : new int[] {IpProtocol.ICMP, IpProtocol.ICMPV6}) {
            final long keys = TupleReader.keys(protocol, bytes.putHex("0d03000012340000"), 8);
            assertEquals(0x1234, ConnLayout.sourceKey((int) keys));
            assertEquals(13, TupleReader.icmpType((int) keys));
            assertEquals(3, TupleReader.icmpCode((int) keys));
            assertEquals(TupleReader.NONE, TupleReader.keys(protocol, bytes.putHex("0d030000123400"), 7));
        }
    }

    @Test
    void shouldReadCallOfPptpAndNothingOfPlainGre() {
        assertEquals(7, TupleReader.keys(IpProtocol.GRE, bytes.putHex("3001880b00040007"), 8));
        assertEquals(TupleReader.NONE, TupleReader.keys(IpProtocol.GRE, bytes.putHex("3001080000040007"), 8));
        assertEquals(0, TupleReader.keys(IpProtocol.GRE, bytes.putHex("3001880b000400"), 7));
        assertEquals(0, TupleReader.keys(IpProtocol.GRE, bytes.putHex("2000080012345678"), 8));
        assertEquals(0, TupleReader.keys(IpProtocol.GRE, bytes.putHex("200008"), 3));
    }

    @Test
    void shouldHaveNoKeysWhenProtocolHasNoTracker() {
        assertEquals(0, TupleReader.keys(IpProtocol.ESP, bytes.putHex("00"), 0));
        assertEquals(0, TupleReader.keys(IpProtocol.DCCP, bytes.putHex("9c400050"), 4));
        assertEquals(0, TupleReader.invert(IpProtocol.ESP, 0));
    }

    @Test
    void shouldComeBackWhenInvertedTwice() {
        for (int protocol = 0; protocol < 256; protocol++) {
            for (int type = 0; type < 256; type++) {
                final int keys = ConnLayout.keys(0xFEDC, type << 8 | 0x21);
                final long inverse = TupleReader.invert(protocol, keys);
                if (inverse != TupleReader.NONE) {
                    assertEquals(keys & 0xFFFF_FFFFL, TupleReader.invert(protocol, (int) inverse), "protocol=" + protocol + " type=" + type);
                    assertNotEquals(keys & 0xFFFF_FFFFL, inverse, "protocol=" + protocol + " type=" + type);
                }
            }
        }
    }

    @Test
    void shouldInvertQueriesAlone() {
        assertEquals("0-8 8-0 13-14 14-13 15-16 16-15 17-18 18-17", pairs(IpProtocol.ICMP));
        assertEquals("128-129 129-128 139-140 140-139", pairs(IpProtocol.ICMPV6));
    }

    private static String pairs(final int protocol) {
        final StringBuilder pairs = new StringBuilder();
        for (int type = 0; type < 256; type++) {
            final long inverse = TupleReader.invert(protocol, ConnLayout.keys(1, type << 8));
            if (inverse != TupleReader.NONE) {
                pairs.append(pairs.isEmpty() ? "" : " ").append(type).append('-').append(TupleReader.icmpType((int) inverse));
            }
        }
        return pairs.toString();
    }
}
