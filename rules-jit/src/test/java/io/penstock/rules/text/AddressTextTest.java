package io.penstock.rules.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.penstock.rules.api.IpFamily;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {

    @ParameterizedTest
    @CsvSource({"::, ::", "::1, ::1", "1::, 1::", "1:0:0:2:0:0:0:3, 1:0:0:2::3", "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
        "::1.2.3.4, ::1.2.3.4", "::ffff:1.2.3.4, ::ffff:1.2.3.4", "::1:2.3.4.5, ::1:203:405", "::ffff, ::ffff", "fe80::0:1, fe80::1"})
    void shouldPrintAsTheCLibraryWhenGroupsAreZero(final String text, final String printed) {
        assertEquals(printed, AddressText.print(AddressText.ipv6(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "12345::", "g::", "1:", ":1", "::1.2.3", "::1.2.3.256", "1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1%lo"})
    void shouldRefuseWhenItIsNoIpv6Address(final String text) {
        assertNull(AddressText.ipv6(text));
    }

    @ParameterizedTest
    @CsvSource({"1.2.3.4, 1.2.3.4", "1.2.3, 1.2.0.3", "1.256, 1.0.1.0", "0x7f000001, 127.0.0.1", "010.1, 8.0.0.1"})
    void shouldTakeOldFormsWhenTheResolverWould(final String text, final String printed) {
        assertEquals(printed, AddressText.print(AddressText.numeric(text, IpFamily.IPV4)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.2.3.256", "1.2.3.4.5", "1.2.3.", "a", "256.1.1.1", "1..2", "-1", " 1.2.3.4", "1.2.3.4 "})
    void shouldRefuseWhenItIsNoIpv4Address(final String text) {
        assertNull(AddressText.numeric(text, IpFamily.IPV4));
    }

    @Property
    void shouldReadWhatItPrintsWhenAnyAddressIsGiven(@ForAll final long high, @ForAll final long low) throws UnknownHostException {
        final String text = AddressText.ipv6(high & low & 0x0000_FFFF_0000_FFFFL, low & 0x0000_FFFF_FFFF_0000L);
        assertEquals(text, AddressText.print(AddressText.ipv6(text)));
        if (!text.contains(".")) {
            assertArrayEquals(InetAddress.getByName(text).getAddress(), AddressText.ipv6(text));
        }
    }

    @Property
    void shouldFindTheLengthWhenAMaskWasMadeOfIt(@ForAll @IntRange(max = 128) final int length) {
        assertEquals(length, AddressText.prefix(AddressText.mask(length, AddressText.IPV6_BYTES)));
    }
}
