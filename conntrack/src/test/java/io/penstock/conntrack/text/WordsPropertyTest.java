package io.penstock.conntrack.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.MemoryConnectionStore;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class WordsPropertyTest {

    private static final List<String> WORDS = List.of(
            "-L", "-I", "-D", "-U", "-A", "-G", "-F", "-E", "-C", "-S", "-R", "-", "-V", "-h", "expect", "dying", "-s", "-d",
            "-r", "-q", "1.1.1.1", "2.2.2.2", "::1", "1.1.1.0/24", "-p", "tcp", "udp", "icmp", "gre", "sctp", "dccp", "2",
            "--sport", "--dport", "10", "-t", "50", "--state", "CLOSE", "-u", "SEEN_REPLY", "!ASSURED,UNSET", "-m", "0x5/0xf",
            "-o", "xml", "save", "id,extended", "ktimestamp", "-n", "-g", "-j", "1.1.1.1:80", "-w", "3", "--orig-zone",
            "--icmp-type", "8", "--icmp-code", "0", "--srckey", "-z", "-f", "ipv6", "-l", "--label-add", "zero", "--",
            "--tuple-src", "--mask-src", "", ",", "-x");

    @Provide
    Arbitrary<List<String>> commands() {
        return Arbitraries.of(WORDS).list().ofMaxSize(14);
    }

    @Property(tries = 2000)
    void shouldEndWithAStatusWhenWordsAreAnything(@ForAll("commands") final List<String> words) {
        final ConntrackBox box = new ConntrackBox(
                new MemoryConnectionStore(ConntrackBox.still(), MemoryConnectionStore.Keeps.LITTLE), ConntrackBox.still());
        box.run("-I -s 1.1.1.1 -d 2.2.2.2 -p tcp --sport 10 --dport 10 --state CLOSE -t 50");
        final ConntrackBox.Outcome outcome = box.run(words, "-F\n");
        assertTrue(outcome.status() >= 0 && outcome.status() <= 2, words::toString);
        assertTrue(outcome.status() == 0 || outcome.err().contains("conntrack v1.4.7 (conntrack-tools): "), words::toString);
    }

    @Property
    void shouldReadAnAddressAsItWasWhenItIsWritten(@ForAll final long high, @ForAll final long low) throws UnknownHostException {
        final String text = AddressText.print(ConnTuple.IPV6, high, low);
        assertEquals(new AddressText.Address(ConnTuple.IPV6, high, low), AddressText.parse(text));
        assertEquals(new AddressText.Address(ConnTuple.IPV6, high, low), AddressText.parse(AddressText.whole(ConnTuple.IPV6, high, low)));
        final InetAddress address = Inet6Address.getByAddress(null, ByteBuffer.allocate(16).putLong(high).putLong(low).array(), -1);
        assertEquals(address, InetAddress.getByName(text));
        final String four = AddressText.print(ConnTuple.IPV4, 0, low & 0xFFFF_FFFFL);
        assertEquals(new AddressText.Address(ConnTuple.IPV4, 0, low & 0xFFFF_FFFFL), AddressText.parse(four));
    }

    @Test
    void shouldShortenTheFirstLongestRunWhenAnAddressHasZeroes() {
        assertEquals("2001:db8::1:0:0:1", AddressText.print(ConnTuple.IPV6, 0x2001_0DB8_0000_0000L, 0x0001_0000_0000_0001L));
        assertEquals("::", AddressText.print(ConnTuple.IPV6, 0, 0));
        assertEquals("::1", AddressText.print(ConnTuple.IPV6, 0, 1));
        assertEquals("::1.2.3.4", AddressText.print(ConnTuple.IPV6, 0, 0x01020304));
        assertEquals("::ffff:1.2.3.4", AddressText.print(ConnTuple.IPV6, 0, 0xFFFF_0102_0304L));
        assertEquals("1:0:1:1:1:1:1:1", AddressText.print(ConnTuple.IPV6, 0x0001_0000_0001_0001L, 0x0001_0001_0001_0001L));
        assertEquals("fe80::", AddressText.print(ConnTuple.IPV6, 0xFE80L << 48, 0));
    }

    @Test
    void shouldTakeOldFormsWhenAnAddressIsWrittenSo() {
        assertEquals(new AddressText.Address(ConnTuple.IPV4, 0, 0x7F000001), AddressText.parse("127.1"));
        assertEquals(new AddressText.Address(ConnTuple.IPV4, 0, 0x7F000001), AddressText.parse("0x7f000001 and more"));
        assertEquals(new AddressText.Address(ConnTuple.IPV4, 0, 0x01020008), AddressText.parse("1.2.010"));
        assertNull(AddressText.parse("1.2.3.256"));
        assertNull(AddressText.parse("1.2.3.4.5"));
        assertNull(AddressText.parse("::1.2.3.256"));
        assertNull(AddressText.parse("1::2::3"));
        assertNull(AddressText.parse("1:2:3:4:5:6:7:8::"));
        assertNull(AddressText.parse("12345::"));
    }

    @Test
    void shouldReadNumbersAsTheLibraryDoesWhenTheyAreOdd() {
        assertEquals(0, CText.signed("abc"));
        assertEquals(-5, CText.signed(" -5x"));
        assertEquals(Long.MAX_VALUE, CText.signed("99999999999999999999"));
        assertEquals(Long.MIN_VALUE, CText.signed("-99999999999999999999"));
        assertEquals(-1, CText.signed("-1"));
        assertEquals(new CText.Number(0x1F, 4), CText.read("0x1f", true));
        assertEquals(new CText.Number(0, 1), CText.read("0x", true));
        assertEquals(new CText.Number(-1, 2), CText.read("-1", true));
    }
}
