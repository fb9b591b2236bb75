package io.penstock.dataplane.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LiteralsTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "", "10", "10.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4 ", "localhost", "::g", ":::", "1::2::3",
        "fe80::1%eth0", "[::1]", "1:2:3:4:5:6:7:8:9", "::1.2.3.256"})
    void shouldRefuseWhenTheTextIsNoAddress(final String text) {
        final String message =
                assertThrows(IllegalArgumentException.class, () -> Literals.address(text)).getMessage();
        assertTrue(message.startsWith("'" + text + "' is not an IP address; "), message);
    }

    @Test
    void shouldSayWhatToWriteWhenTheAddressIsMapped() {
        assertEquals("'::ffff:192.0.2.1' is an IPv4-mapped IPv6 address; write 192.0.2.1",
                assertThrows(IllegalArgumentException.class, () -> Literals.address("::ffff:192.0.2.1")).getMessage());
    }

    @Test
    void shouldReadAddressesAndPrefixesWhenTheyAreWell() {
        assertEquals("::102:304", Literals.address("::1.2.3.4").toString());
        assertEquals("192.0.2.0/24", Literals.network("192.0.2.0/24").toString());
        assertEquals("0.0.0.0/0", Literals.network("0.0.0.0/0").toString());
        assertEquals(32, Literals.prefix("192.0.2.1").length());
        assertEquals(128, Literals.prefix("2001:db8::1").length());
        assertTrue(Literals.prefix("2001:db8::1/64").isIpv6());
        assertEquals("'2001:db8::1/63' has host bits set; write 2001:db8::/63",
                assertThrows(IllegalArgumentException.class, () -> Literals.network("2001:db8::1/63")).getMessage());
    }

    @Test
    void shouldReadEthernetAddressesWhenTheyAreWell() {
        assertEquals(0x0200_0000_00FEL, Literals.mac("02:00:00:00:00:fe"));
        assertEquals(0xFFFF_FFFF_FFFFL, Literals.mac("FF-FF-FF-FF-FF-FF"));
    }

    @Test
    void shouldReadCpuListsWhenTheyAreWell() {
        assertEquals(List.of(1, 2, 3, 5), Literals.cpus("1-3,5"));
        assertEquals(List.of(5, 0), Literals.cpus("5, 0"));
        assertEquals("'3-1' has a range that runs backwards; write 1-3",
                assertThrows(IllegalArgumentException.class, () -> Literals.cpus("3-1")).getMessage());
        assertEquals("CPU 2 is named twice; each worker needs a CPU of its own, name it once",
                assertThrows(IllegalArgumentException.class, () -> Literals.cpus("1-3,2")).getMessage());
        for (final String bad : List.of("", "1,", "a", "-1", "1-", "1024", "0-99999999999")) {
            assertEquals("'" + bad + "' is not a list of CPUs; write numbers from 0 to 1023 and ranges, such as 1-3,5",
                    assertThrows(IllegalArgumentException.class, () -> Literals.cpus(bad)).getMessage());
        }
    }

    @Test
    void shouldCountEditsWhenWordsDiffer() {
        assertEquals(0, NearestWord.distance("ports", "ports"));
        assertEquals(1, NearestWord.distance("portz", "ports"));
        assertEquals(1, NearestWord.distance("port", "ports"));
        assertEquals(3, NearestWord.distance("kitten", "sitting"));
        assertEquals("on-death", NearestWord.of("ondeath", List.of("ports", "on-death", "local")));
    }
}
