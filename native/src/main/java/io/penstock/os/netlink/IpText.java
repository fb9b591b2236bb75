package io.penstock.os.netlink;

/**
 * The text of IP addresses. Source: RFC 4291 section 2.2 for what is read, RFC 5952 for what is written.
 *
 * <p>IPv4 is four decimal numbers without leading zeros (which some programs would read as octal).
 */
final class IpText {

    private static final int GROUPS = 8;

    private IpText() {
    }

    static IpAddress parse(final String text) {
        return text.indexOf(':') >= 0 ? parse6(text) : IpAddress.v4(parse4(text, text));
    }

    static String format(final IpAddress address) {
        return address.family() == IpAddress.V4 ? format4((int) address.low()) : format6(address);
    }

    private static int parse4(final String part, final String whole) {
        int address = 0;
        int octets = 0;
        int at = 0;
        while (octets < 4) {
            int value = 0;
            final int start = at;
            while (at < part.length() && isDigit(part.charAt(at)) && at - start < 3) {
                value = value * 10 + part.charAt(at++) - '0';
            }
            if (at == start || value > 255 || at - start > 1 && part.charAt(start) == '0') {
                throw bad(whole, "an IPv4 address is four numbers of 0 to 255, such as 192.0.2.1");
            }
            address = address << 8 | value;
            octets++;
            if (octets < 4 && (at >= part.length() || part.charAt(at++) != '.')) {
                throw bad(whole, "an IPv4 address is four numbers of 0 to 255, such as 192.0.2.1");
            }
        }
        if (at != part.length()) {
            throw bad(whole, "remove '" + part.substring(at) + "' from its end");
        }
        return address;
    }

    private static IpAddress parse6(final String text) {
        final int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw bad(text, "'::' may stand once");
        }
        final int[] groups = new int[GROUPS];
        final int before = groups(gap < 0 ? text : text.substring(0, gap), text, groups, gap < 0);
        if (gap < 0) {
            if (before != GROUPS) {
                throw bad(text, "an IPv6 address has 8 groups: groups=" + before);
            }
        } else {
            final int[] tail = new int[GROUPS];
            final int after = groups(text.substring(gap + 2), text, tail, true);
            if (before + after >= GROUPS) {
                throw bad(text, "'::' stands for at least one group: groups=" + (before + after));
            }
            System.arraycopy(tail, 0, groups, GROUPS - after, after);
        }
        return IpAddress.v6(half(groups, 0), half(groups, 4));
    }

    /** Reads colon-separated groups and returns how many; the last two may be written as an IPv4 address. */
    private static int groups(final String part, final String whole, final int[] into, final boolean mayEndInV4) {
        if (part.isEmpty()) {
            return 0;
        }
        int count = 0;
        int at = 0;
        while (true) {
            final int colon = part.indexOf(':', at);
            final String group = part.substring(at, colon < 0 ? part.length() : colon);
            if (colon < 0 && mayEndInV4 && group.indexOf('.') >= 0) {
                if (count > GROUPS - 2) {
                    throw bad(whole, "an IPv6 address has 8 groups");
                }
                final int v4 = parse4(group, whole);
                into[count++] = v4 >>> 16;
                into[count++] = v4 & 0xFFFF;
                return count;
            }
            if (count == GROUPS) {
                throw bad(whole, "an IPv6 address has 8 groups");
            }
            into[count++] = group(group, whole);
            if (colon < 0) {
                return count;
            }
            at = colon + 1;
        }
    }

    private static int group(final String group, final String whole) {
        if (group.isEmpty() || group.length() > 4) {
            throw bad(whole, "a group is one to four hexadecimal digits: group='" + group + '\'');
        }
        int value = 0;
        for (int i = 0; i < group.length(); i++) {
            // Character.digit would take other scripts' digits too.
            final int digit = group.charAt(i) < 0x80 ? Character.digit(group.charAt(i), 16) : -1;
            if (digit < 0) {
                throw bad(whole, "a group is one to four hexadecimal digits: group='" + group + '\'');
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static String format4(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + '.' + (address >>> 8 & 0xFF) + '.' + (address & 0xFF);
    }

    private static String format6(final IpAddress address) {
        if (address.high() == 0 && address.low() >>> 32 == 0xFFFF) {
            return "::ffff:" + format4((int) address.low());
        }
        final int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (int) ((i < 4 ? address.high() : address.low()) >>> (48 - 16 * (i & 3))) & 0xFFFF;
        }
        // The longest run of at least two zero groups is shortened; of equal ones the first.
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = 0;
            while (i + length < GROUPS && groups[i + length] == 0) {
                length++;
            }
            if (length > runLength) {
                runStart = i;
                runLength = length;
            }
            i += length;
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    private static long half(final int[] groups, final int from) {
        return (long) groups[from] << 48 | (long) groups[from + 1] << 32 | (long) groups[from + 2] << 16 | groups[from + 3];
    }

    private static boolean isDigit(final char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException bad(final String text, final String why) {
        return new IllegalArgumentException("'" + text + "' is not an IP address; " + why);
    }
}
