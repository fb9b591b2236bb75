package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Addresses and masks as text, as the C library and iptables read and write them. Bytes are in network order. */
public final class AddressText {

    /** Bytes of an IPv4 address. */
    static final int IPV4_BYTES = 4;
    /** Bytes of an IPv6 address. */
    static final int IPV6_BYTES = 16;

    private static final int GROUPS = 8;
    private static final int GROUP_BITS = 16;
    private static final int MAPPED = 0xFFFF;

    private AddressText() {
    }

    /** An address of either family ({@code inet_ntop}). */
    public static String print(final byte[] address) {
        final ByteBuffer bytes = ByteBuffer.wrap(address);
        return address.length == IPV4_BYTES ? ipv4(bytes.getInt(0)) : ipv6(bytes.getLong(0), bytes.getLong(Long.BYTES));
    }

    /** An IPv4 address. */
    public static String ipv4(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    /** An IPv6 address: the first longest run of two or more zero groups is left out; mapped and compatible addresses end as IPv4's. */
    public static String ipv6(final long high, final long low) {
        final int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (int) ((i < GROUPS / 2 ? high : low) >>> (GROUPS / 2 - 1 - i % (GROUPS / 2)) * GROUP_BITS) & 0xFFFF;
        }
        int base = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups[i + run] == 0) {
                run++;
            }
            if (run > length) {
                base = i;
                length = run;
            }
            i += run;
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (base >= 0 && i >= base && i < base + length) {
                if (i == base) {
                    text.append(':');
                }
                continue;
            }
            if (i != 0) {
                text.append(':');
            }
            if (i == 6 && base == 0 && (length == 6 || length == 5 && groups[5] == MAPPED)) {
                return text.append(ipv4((int) low)).toString();
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return (base >= 0 && base + length == GROUPS ? text.append(':') : text).toString();
    }

    /** The length of a mask, or -1 if it is none of ones and then zeroes. */
    public static int prefix(final byte[] mask) {
        int length = 0;
        while (length < mask.length * Byte.SIZE && bit(mask, length)) {
            length++;
        }
        for (int i = length; i < mask.length * Byte.SIZE; i++) {
            if (bit(mask, i)) {
                return -1;
            }
        }
        return length;
    }

    private static boolean bit(final byte[] bytes, final int at) {
        return (bytes[at / Byte.SIZE] >> Byte.SIZE - 1 - at % Byte.SIZE & 1) != 0;
    }

    /** A mask of so many ones. */
    public static byte[] mask(final int length, final int bytes) {
        final byte[] mask = new byte[bytes];
        for (int i = 0; i < length; i++) {
            mask[i / Byte.SIZE] |= (byte) (0x80 >> i % Byte.SIZE);
        }
        return mask;
    }

    /** A mask of ones only. */
    public static byte[] fullMask(final IpFamily family) {
        final byte[] mask = new byte[family.addressBytes()];
        Arrays.fill(mask, (byte) -1);
        return mask;
    }

    /**
     * A numeric address of the family, as {@code getaddrinfo} takes one: IPv4 in its old forms too (fewer parts, octal, hexadecimal).
     *
     * @return null if it is none
     */
    public static byte[] numeric(final String text, final IpFamily family) {
        return family == IpFamily.IPV4 ? oldIpv4(text) : ipv6(text);
    }

    /** {@code inet_pton} for IPv6; null if it is none. */
    public static byte[] ipv6(final String text) {
        final byte[] bytes = new byte[IPV6_BYTES];
        int at = 0;
        int gap = -1;
        int from = 0;
        if (text.startsWith(":")) {
            if (!text.startsWith("::")) {
                return null;
            }
            from = 1;
        }
        while (from < text.length()) {
            if (text.charAt(from) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = at;
                from++;
                continue;
            }
            int end = from;
            int value = 0;
            while (end < text.length() && text.charAt(end) < 0x80 && Character.digit(text.charAt(end), 16) >= 0) {
                value = value << 4 | Character.digit(text.charAt(end), 16);
                end++;
                if (end - from > 4) {
                    return null;
                }
            }
            if (end < text.length() && text.charAt(end) == '.') {
                final byte[] last = at + IPV4_BYTES <= IPV6_BYTES ? strictIpv4(text.substring(from)) : null;
                if (last == null) {
                    return null;
                }
                System.arraycopy(last, 0, bytes, at, IPV4_BYTES);
                at += IPV4_BYTES;
                from = text.length();
                break;
            }
            if (end == from || at + 2 > IPV6_BYTES) {
                return null;
            }
            bytes[at++] = (byte) (value >> Byte.SIZE);
            bytes[at++] = (byte) value;
            from = end;
            if (from < text.length()) {
                if (text.charAt(from) != ':' || from + 1 == text.length()) {
                    return null;
                }
                from++;
            }
        }
        if (gap >= 0) {
            if (at == IPV6_BYTES) {
                return null;
            }
            System.arraycopy(bytes, gap, bytes, IPV6_BYTES - (at - gap), at - gap);
            Arrays.fill(bytes, gap, IPV6_BYTES - (at - gap), (byte) 0);
            return bytes;
        }
        return at == IPV6_BYTES ? bytes : null;
    }

    /** {@code inet_pton} for IPv4: four decimal numbers; null if it is none. */
    public static byte[] strictIpv4(final String text) {
        final String[] parts = text.split("\\.", -1);
        if (parts.length != IPV4_BYTES) {
            return null;
        }
        final byte[] bytes = new byte[IPV4_BYTES];
        for (int i = 0; i < IPV4_BYTES; i++) {
            if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 0xFF) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(parts[i]);
        }
        return bytes;
    }

    /** {@code inet_aton}: the last part fills what is left. */
    private static byte[] oldIpv4(final String text) {
        int from = 0;
        long address = 0;
        for (int part = 0; part < IPV4_BYTES; part++) {
            if (from >= text.length() || text.charAt(from) < '0' || text.charAt(from) > '9') {
                return null;
            }
            final CNumber number = CNumber.read(text, from, CNumber.ANY_BASE);
            final int left = (IPV4_BYTES - part) * Byte.SIZE;
            if (number.end() == text.length()) {
                if (number.overflow() || number.value() >>> left != 0) {
                    return null;
                }
                return ByteBuffer.allocate(IPV4_BYTES).putInt((int) (address << left | number.value())).array();
            }
            if (text.charAt(number.end()) != '.' || number.overflow() || number.value() >>> Byte.SIZE != 0) {
                return null;
            }
            address = address << Byte.SIZE | number.value();
            from = number.end() + 1;
        }
        return null;
    }
}
