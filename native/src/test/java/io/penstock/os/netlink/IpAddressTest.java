package io.penstock.os.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0", "255.255.255.255, 255.255.255.255", "192.0.2.1, 192.0.2.1",
        // RFC 5952, sections 1, 2 and 4
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "2001:0db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8::0:1, 2001:db8::1", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1", "2001:DB8::AAAA, 2001:db8::aaaa",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "::, ::", "::1, ::1", "1::, 1::", "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0", "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1", "::ffff:c000:201, ::ffff:192.0.2.1",
        "64:ff9b::192.0.2.1, 64:ff9b::c000:201", "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    })
    void shouldWriteCanonicalTextWhenTextIsRead(final String text, final String canonical) {
        assertEquals(canonical, IpAddress.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.256 | '10.0.0.256' is not an IP address; an IPv4 address is four numbers of 0 to 255, such as 192.0.2.1",
        "10.0.0 | '10.0.0' is not an IP address; an IPv4 address is four numbers of 0 to 255, such as 192.0.2.1",
        "10.0.00.1 | '10.0.00.1' is not an IP address; an IPv4 address is four numbers of 0 to 255, such as 192.0.2.1",
        "10.0.0.1/8 | '10.0.0.1/8' is not an IP address; remove '/8' from its end",
        "1::2::3 | '1::2::3' is not an IP address; '::' may stand once",
        "1:::2 | '1:::2' is not an IP address; '::' may stand once",
        "1:2:3:4:5:6:7 | '1:2:3:4:5:6:7' is not an IP address; an IPv6 address has 8 groups: groups=7",
        "1:2:3:4:5:6:7:8:9 | '1:2:3:4:5:6:7:8:9' is not an IP address; an IPv6 address has 8 groups",
        "1:2:3:4::5:6:7:8 | '1:2:3:4::5:6:7:8' is not an IP address; '::' stands for at least one group: groups=8",
        "1:2:3:4:5:6:7:1.2.3.4 | '1:2:3:4:5:6:7:1.2.3.4' is not an IP address; an IPv6 address has 8 groups",
        "1::12345 | '1::12345' is not an IP address; a group is one to four hexadecimal digits: group='12345'",
        "1.2.3.4::1 | '1.2.3.4::1' is not an IP address; a group is one to four hexadecimal digits: group='1.2.3.4'",
        "fe80::1%eth0 | 'fe80::1%eth0' is not an IP address; a group is one to four hexadecimal digits: group='1%eth0'",
        ":1 | ':1' is not an IP address; a group is one to four hexadecimal digits: group=''",
    })
    void shouldSayWhatIsWrongWhenTextIsNoAddress(final String text, final String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text)).getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.0.0.0, 8, true", "10.1.2.3, 10.1.2.3, 32, true", "10.1.2.3, 10.1.2.2, 32, false",
        "10.1.2.3, 0.0.0.0, 0, true", "2001:db8::1, 2001:db8::, 32, true", "2001:db8:0:1::, 2001:db8::, 64, false",
        "2001:db8::ffff:0:0:1, 2001:db8::ffff:0:0:0, 96, true", "::1, ::, 0, true", "10.0.0.1, ::, 0, false",
        "2001:db8::1, 2001:db8::3, 127, false", "2001:db8::2, 2001:db8::3, 127, true",
    })
    void shouldMatchPrefixWhenFirstBitsAreEqual(
            final String ip, final String network, final int length, final boolean matches) {
        assertEquals(matches, IpAddress.parse(ip).isIn(IpAddress.parse(network), length));
    }

    @ParameterizedTest
    @CsvSource({"224.0.0.1, true, false", "239.255.255.255, true, false", "240.0.0.0, false, false",
        "169.254.1.1, false, true", "ff02::1, true, false", "fe80::1, false, true", "febf::1, false, true",
        "fec0::1, false, false"})
    void shouldTellSpecialAddressesWhenAsked(final String ip, final boolean multicast, final boolean linkLocal) {
        assertEquals(multicast, IpAddress.parse(ip).isMulticast());
        assertEquals(linkLocal, IpAddress.parse(ip).isLinkLocal());
    }

    @Property
    void shouldReadBackWhenV6IsWritten(@ForAll final long high, @ForAll final long low, @ForAll final byte zeros) {
        // Zero groups, which random longs lack.
        long first = high;
        long second = low;
        for (int i = 0; i < 4; i++) {
            first &= (zeros >> i & 1) == 0 ? -1L : ~(0xFFFFL << 16 * i);
            second &= (zeros >> (i + 4) & 1) == 0 ? -1L : ~(0xFFFFL << 16 * i);
        }
        final IpAddress address = IpAddress.v6(first, second);
        assertEquals(address, IpAddress.parse(address.toString()));
        assertFalse(address.toString().contains(":::"));
    }

    @Property
    void shouldReadBackWhenV4IsWritten(@ForAll final int bits) {
        assertEquals(IpAddress.v4(bits), IpAddress.parse(IpAddress.v4(bits).toString()));
        assertEquals(bits, IpAddress.v4(bits).toInt());
    }

    @Property
    void shouldNeverThrowAnythingElseWhenTextIsRandom(@ForAll final String text) {
        try {
            IpAddress.parse(text);
        } catch (final IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("is not an IP address; "));
        }
    }

    @Property
    void shouldOrderAsNumbersWhenCompared(
            @ForAll final long a, @ForAll final long b, @ForAll @IntRange(max = 64) final int bits) {
        final IpAddress one = IpAddress.v6(a, b);
        assertEquals(Integer.signum(Long.compareUnsigned(a, b)),
                Integer.signum(one.compareTo(IpAddress.v6(b, b))), "by the upper half");
        assertTrue(one.prefix(bits).compareTo(one) <= 0);
        assertTrue(IpAddress.v4(-1).compareTo(one) < 0);
    }
}
