package io.penstock.dataplane.hot.fib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBookTest {

    private static final int PORT_A = 0;
    private static final int PORT_B = 3;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 9, 64, 1000})
    void shouldKnowItsOwnAndNoOthersHoweverManyThereAre(final int count) {
        final List<int[]> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(row("10.0." + (i >> 8) + '.' + (i & 255), 24, AddressBook.SCOPE_UNIVERSE, false));
        }
        final AddressBook book = new AddressBook();
        book.publish(addresses4(rows, List.of()), Addresses6.NONE);
        for (int i = 0; i < 2000; i++) {
            assertEquals(i < count, book.isOwn4(0x0A00_0000 + i), "i=" + i);
        }
        assertFalse(book.isOwn4(0));
        book.publish(Addresses4.NONE, Addresses6.NONE);
        assertFalse(book.isOwn4(0x0A00_0000));
    }

    @Test
    void shouldSelectAnIpv4SourceAsTheKernelDoes() {
        final Addresses4 own = addresses4(
                List.of(row("10.0.0.1", 24, AddressBook.SCOPE_UNIVERSE, false), row("10.0.0.2", 24, 0, true),
                        row("10.0.1.1", 24, AddressBook.SCOPE_UNIVERSE, false)),
                List.of(row("169.254.0.1", 16, AddressBook.SCOPE_LINK, false)));
        assertEquals(ip("10.0.0.1"), own.source(PORT_A, 0, AddressBook.SCOPE_UNIVERSE));
        assertEquals(ip("10.0.1.1"), own.source(PORT_A, ip("10.0.1.9"), AddressBook.SCOPE_UNIVERSE));
        assertEquals(ip("10.0.0.1"), own.source(PORT_A, ip("8.8.8.8"), AddressBook.SCOPE_LINK));
        assertEquals(ip("169.254.0.1"), own.source(PORT_B, 0, AddressBook.SCOPE_LINK));
        assertEquals(ip("10.0.0.1"), own.source(PORT_B, 0, AddressBook.SCOPE_UNIVERSE), "of another device");
        assertEquals(ip("10.0.0.1"), own.source(7, 0, AddressBook.SCOPE_UNIVERSE), "of a port without addresses");
        assertEquals(0, Addresses4.NONE.source(PORT_A, 0, AddressBook.SCOPE_UNIVERSE));
        assertTrue(own.has(PORT_B));
        assertFalse(own.has(7));
        assertTrue(own.onLink(PORT_A, ip("10.0.0.9"), ip("10.0.0.8")));
        assertFalse(own.onLink(PORT_A, ip("10.0.0.9"), ip("10.0.1.8")));
        assertTrue(own.onLink(PORT_A, ip("10.0.1.9"), 0));
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8::77, 2001:db8::1", "2001:db8:2::77, 2001:db8:2::1", "fe80::9, fe80::1", "ff02::1, fe80::1",
        "fd00::5, fd00::1", "2002:1::1, 2001:db8:2::1", "2001:db8:9::1, 2001:db8:2::1",
    })
    void shouldSelectAnIpv6SourceByTheRulesOfRfc6724(final String destination, final String source) {
        final Addresses6 own = addresses6("2001:db8:2::1/64", "2001:db8::1/64", "fd00::1/64", "2001:db8:9::1/64 deprecated",
                "2001:db8:8::1/64 tentative", "fe80::1/64");
        final IpAddress to = IpAddress.parse(destination);
        if (destination.equals("2001:db8:9::1")) {
            assertEquals("2001:db8:9::1", text(own, own.source(PORT_A, to.high(), to.low())), "the same address comes first");
        } else {
            assertEquals(source, text(own, own.source(PORT_A, to.high(), to.low())));
        }
    }

    @Test
    void shouldTellWhichIpv6AddressesAreOwn() {
        final Addresses6 own = addresses6("2001:db8::1/64", "2001:db8:8::1/64 tentative", "fe80::1:2/64");
        final IpAddress global = IpAddress.parse("2001:db8::1");
        final IpAddress link = IpAddress.parse("fe80::1:2");
        final IpAddress tentative = IpAddress.parse("2001:db8:8::1");
        assertTrue(own.isOwn(global.high(), global.low()));
        assertTrue(own.isOwn(PORT_B, global.high(), global.low()));
        assertTrue(own.isOwn(PORT_A, link.high(), link.low()));
        assertFalse(own.isOwn(PORT_B, link.high(), link.low()));
        assertFalse(own.isOwn(tentative.high(), tentative.low()));
        assertTrue(own.isSolicited(PORT_A, 0x01_0002));
        assertFalse(own.isSolicited(PORT_A, 0x02_0002));
        assertEquals(-1, Addresses6.NONE.source(PORT_A, global.high(), global.low()));
    }

    private static Addresses4 addresses4(final List<int[]> a, final List<int[]> b) {
        final int[] rows = new int[(a.size() + b.size()) * Addresses4.ROW];
        int at = 0;
        for (final List<int[]> list : List.of(a, b)) {
            for (final int[] row : list) {
                System.arraycopy(row, 0, rows, at, row.length);
                at += row.length;
            }
        }
        return new Addresses4(new int[] {PORT_A, PORT_B}, new int[] {0, a.size(), a.size() + b.size()}, rows);
    }

    private static int[] row(final String address, final int length, final int scope, final boolean secondary) {
        final int mask = -1 << 32 - length;
        return new int[] {ip(address), ip(address) & mask, mask, scope, secondary ? 1 : 0};
    }

    private static Addresses6 addresses6(final String... texts) {
        final long[] rows = new long[texts.length * Addresses6.ROW];
        for (int i = 0; i < texts.length; i++) {
            final String[] words = texts[i].split("[/ ]");
            final IpAddress ip = IpAddress.parse(words[0]);
            final int row = i * Addresses6.ROW;
            rows[row + Addresses6.HIGH] = ip.high();
            rows[row + Addresses6.LOW] = ip.low();
            rows[row + Addresses6.LENGTH] = Long.parseLong(words[1]);
            rows[row + Addresses6.FLAGS] = words.length < 3 ? 0
                    : words[2].equals("tentative") ? Addresses6.FLAG_TENTATIVE : Addresses6.FLAG_DEPRECATED;
        }
        return new Addresses6(new int[] {PORT_A, PORT_B}, new int[] {0, texts.length, texts.length}, rows);
    }

    private static String text(final Addresses6 own, final int number) {
        return IpAddress.v6(own.high(number), own.low(number)).toString();
    }

    private static int ip(final String text) {
        return IpAddress.parse(text).toInt();
    }
}
