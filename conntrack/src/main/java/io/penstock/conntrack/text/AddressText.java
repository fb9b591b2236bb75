package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import java.util.Locale;

/** Addresses as the C library reads and writes them: {@code inet_aton}, {@code inet_pton}, {@code inet_ntop}. */
final class AddressText {

    private static final int GROUPS = 8;
    private static final int GROUP_BITS = 16;
    private static final int V4_BYTES = 4;
    private static final int MAPPED = 0xFFFF;

    private AddressText() {
    }

    /**
     * An address.
     *
     * @param family {@link ConnTuple#IPV4} or {@link ConnTuple#IPV6}
     * @param high   the first 8 bytes; 0 of IPv4
     * @param low    the last 8 bytes
     */
    record Address(int family, long high, long low) {
    }

    /** Reads one of either family; null if it is none. */
    static Address parse(final String text) {
        final long v4 = v4(text);
        return v4 >= 0 ? new Address(ConnTuple.IPV4, 0, v4) : v6(text);
    }

    /** {@code inet_aton}: up to four numbers, the last of which fills what is left; blanks end it. -1 if it is none. */
    private static long v4(final String text) {
        int from = 0;
        long address = 0;
        for (int part = 0; part < V4_BYTES; part++) {
            if (from >= text.length() || text.charAt(from) < '0' || text.charAt(from) > '9') {
                return -1;
            }
            final CText.Number number = CText.read(text.substring(from), true);
            final int end = from + number.end();
            final int left = (V4_BYTES - part) * Byte.SIZE;
            if (end == text.length() || CText.isBlank(text.charAt(end))) {
                return number.value() >>> left == 0 ? address << left | number.value() : -1;
            }
            if (text.charAt(end) != '.' || number.value() >>> Byte.SIZE != 0) {
                return -1;
            }
            address = address << Byte.SIZE | number.value();
            from = end + 1;
        }
        return -1;
    }

    /** {@code inet_pton}. */
    private static Address v6(final String text) {
        final int gap = text.indexOf("::");
        final int[] groups = new int[GROUPS];
        if (gap < 0) {
            return groups(text, groups) == GROUPS ? of(groups) : null;
        }
        final int[] tail = new int[GROUPS];
        final int before = gap == 0 ? 0 : groups(text.substring(0, gap), groups);
        final int after = gap + 2 == text.length() ? 0 : groups(text.substring(gap + 2), tail);
        // An IPv4 address may end the text only.
        if (before < 0 || after < 0 || before + after >= GROUPS || text.substring(0, gap).indexOf('.') >= 0) {
            return null;
        }
        System.arraycopy(tail, 0, groups, GROUPS - after, after);
        return of(groups);
    }

    private static Address of(final int[] groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            high = high << GROUP_BITS | groups[i];
            low = low << GROUP_BITS | groups[i + GROUPS / 2];
        }
        return new Address(ConnTuple.IPV6, high, low);
    }

    /** How many groups a text has; -1 if it is not made of them. */
    private static int groups(final String text, final int[] into) {
        final String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            final String part = parts[i];
            if (i == parts.length - 1 && part.indexOf('.') >= 0 && count <= GROUPS - 2) {
                final long v4 = part.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}") ? v4(part) : -1;
                if (v4 < 0) {
                    return -1;
                }
                into[count++] = (int) (v4 >>> GROUP_BITS);
                into[count++] = (int) v4 & 0xFFFF;
            } else if (count < GROUPS && part.matches("[0-9a-fA-F]{1,4}")) {
                into[count++] = Integer.parseInt(part, 16);
            } else {
                return -1;
            }
        }
        return count;
    }

    /** Writes one. */
    static String print(final int family, final long high, final long low) {
        return family == ConnTuple.IPV4 ? v4((int) low) : v6(high, low);
    }

    private static String v4(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    private static int group(final long high, final long low, final int at) {
        return (int) ((at < GROUPS / 2 ? high : low) >>> (GROUPS / 2 - 1 - at % (GROUPS / 2)) * GROUP_BITS) & 0xFFFF;
    }

    /** The first longest run of two or more zero groups is left out; mapped and compatible addresses end as IPv4's. */
    private static String v6(final long high, final long low) {
        int base = -1;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && group(high, low, i + run) == 0) {
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
                text.append(i == base ? ":" : "");
                continue;
            }
            if (i != 0) {
                text.append(':');
            }
            if (i == GROUPS - 2 && base == 0
                    && (length == GROUPS - 2 || length == GROUPS - 3 && group(high, low, GROUPS - 3) == MAPPED)) {
                return text.append(v4((int) low)).toString();
            }
            text.append(Integer.toHexString(group(high, low, i)));
        }
        return (base >= 0 && base + length == GROUPS ? text.append(':') : text).toString();
    }

    /** All eight groups with all their digits, as the kernel writes them in /proc. */
    static String whole(final int family, final long high, final long low) {
        if (family == ConnTuple.IPV4) {
            return v4((int) low);
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            text.append(i == 0 ? "" : ":").append(String.format(Locale.ROOT, "%04x", group(high, low, i)));
        }
        return text.toString();
    }
}
