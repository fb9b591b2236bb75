package io.penstock.rules.match;

/** Text that the kernel keeps in a field of some bytes. */
final class FieldText {

    private FieldText() {
    }

    /** What is kept of a text in a field of so many bytes, the last of which is 0. */
    static String cut(final String text, final int bytes) {
        return text.length() < bytes ? text : text.substring(0, bytes - 1);
    }
}
