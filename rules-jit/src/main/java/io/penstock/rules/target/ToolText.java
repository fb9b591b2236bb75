package io.penstock.rules.target;

/** How arguments are written, and the kernel's errnos. */
final class ToolText {

    /** Errno: no such file or directory; of a target: that the kernel does not have it. */
    static final int ENOENT = 2;
    /** Errno: invalid argument. */
    static final int EINVAL = 22;
    /** Errno: a number is out of its domain. */
    static final int EDOM = 33;
    /** Errno: a number is out of range. */
    static final int ERANGE = 34;
    /** Errno: a name is too long. */
    static final int ENAMETOOLONG = 36;

    private ToolText() {
    }

    /** A number as C's {@code %x} behind {@code 0x}. */
    static String hex(final int number) {
        return "0x" + Integer.toHexString(number);
    }

    /** A number as C's {@code %02x} behind {@code 0x}. */
    static String hex2(final int number) {
        return String.format("0x%02x", number);
    }

    /** The text, or its begin when the kernel has no room for all. */
    static String cut(final String text, final int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
