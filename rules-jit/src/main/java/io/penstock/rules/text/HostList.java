package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.AddressTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code -s} and {@code -d} take: addresses, networks and names, each with a mask or its length, between commas. A name stands for
 * all its addresses.
 */
final class HostList {

    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_DOTTED = 19;
    private static final int DIGITS = 3;
    private static final int DECIMAL = 10;

    private final IpFamily family;
    private final Names names;

    HostList(final IpFamily family, final Names names) {
        this.family = family;
        this.names = names;
    }

    /** Reads a list. */
    List<AddressTest> parse(final String text, final boolean inverted) {
        final List<AddressTest> tests = new ArrayList<>();
        int from = 0;
        while (true) {
            while (from < text.length() && CNumber.isBlank(text.charAt(from))) {
                from++;
            }
            final int comma = text.indexOf(',', from);
            final int end = comma < 0 ? text.length() : comma;
            if (end - from > LONGEST_NAME) {
                throw ParameterProblem.parameter("Hostname too long");
            }
            one(text.substring(from, end), inverted, tests);
            if (comma < 0) {
                return tests;
            }
            from = comma + 1;
        }
    }

    private void one(final String text, final boolean inverted, final List<AddressTest> tests) {
        final int slash = text.lastIndexOf('/');
        final byte[] mask = slash < 0 ? AddressText.fullMask(family) : mask(text.substring(slash + 1));
        final String name = slash < 0 ? text : text.substring(0, slash);
        final boolean isAny = AddressText.prefix(mask) == 0;
        for (final byte[] address : isAny ? List.of(new byte[mask.length]) : addresses(name)) {
            tests.add(test(address, mask, inverted));
        }
    }

    private List<byte[]> addresses(final String name) {
        final byte[] numeric = family == IpFamily.IPV4 ? dotted(name, false) : AddressText.ipv6(name);
        final List<byte[]> all = numeric != null ? List.of(numeric) : names.host(name, family);
        if (all.isEmpty()) {
            throw ParameterProblem.parameter("host/network `%s' not found", name);
        }
        return all;
    }

    private byte[] mask(final String text) {
        final byte[] numeric = family == IpFamily.IPV4 ? dotted(text, true) : AddressText.ipv6(text);
        if (numeric != null) {
            return numeric;
        }
        final int bits = family.addressBytes() * Byte.SIZE;
        final CNumber length = CNumber.whole(text, 0, bits);
        if (length == null) {
            throw ParameterProblem.parameter("invalid mask `%s' specified", text);
        }
        return AddressText.mask((int) length.value(), family.addressBytes());
    }

    /** Numbers between dots; an address may lack its last ones, which are 0 then. */
    private static byte[] dotted(final String text, final boolean isMask) {
        final byte[] plain = plain(text);
        if (plain != null) {
            return plain;
        }
        final String[] parts = text.substring(0, Math.min(text.length(), LONGEST_DOTTED)).split("\\.", AddressText.IPV4_BYTES);
        if (isMask && parts.length < AddressText.IPV4_BYTES) {
            return null;
        }
        final byte[] bytes = new byte[AddressText.IPV4_BYTES];
        for (int i = 0; i < parts.length; i++) {
            final CNumber number = CNumber.whole(parts[i], 0, CNumber.UNSIGNED_8);
            if (number == null) {
                return null;
            }
            bytes[i] = (byte) number.value();
        }
        return bytes;
    }

    /** Four decimal numbers without leading zeros, as nearly all addresses are written; null for anything else. */
    private static byte[] plain(final String text) {
        final byte[] bytes = new byte[AddressText.IPV4_BYTES];
        int at = 0;
        for (int i = 0; i < bytes.length; i++) {
            final int from = at;
            int number = 0;
            while (at < text.length() && at - from < DIGITS && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                number = DECIMAL * number + text.charAt(at++) - '0';
            }
            final boolean isPlain = at > from && (at == from + 1 || text.charAt(from) != '0') && number <= CNumber.UNSIGNED_8;
            final boolean ends = i == bytes.length - 1 ? at == text.length() : at < text.length() && text.charAt(at) == '.';
            if (!isPlain || !ends) {
                return null;
            }
            bytes[i] = (byte) number;
            at++;
        }
        return bytes;
    }

    private static AddressTest test(final byte[] address, final byte[] mask, final boolean inverted) {
        final ByteBuffer bytes = ByteBuffer.wrap(address);
        final ByteBuffer bits = ByteBuffer.wrap(mask);
        if (address.length == AddressText.IPV4_BYTES) {
            final long low = bits.getInt(0) & 0xFFFF_FFFFL;
            return new AddressTest(0, bytes.getInt(0) & low, 0, low, inverted);
        }
        final long high = bits.getLong(0);
        final long low = bits.getLong(Long.BYTES);
        return new AddressTest(bytes.getLong(0) & high, bytes.getLong(Long.BYTES) & low, high, low, inverted);
    }
}
