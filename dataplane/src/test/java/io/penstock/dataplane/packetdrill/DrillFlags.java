package io.penstock.dataplane.packetdrill;

/** TCP's flags, and their letters in scripts. */
final class DrillFlags {

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;

    private static final String LETTERS = "FSRP.UEW";

    private DrillFlags() {
    }

    /** The flags of letters. */
    static int of(final String letters) {
        int flags = 0;
        for (int i = 0; i < letters.length(); i++) {
            final int bit = LETTERS.indexOf(letters.charAt(i));
            if (bit < 0) {
                throw new IllegalArgumentException("no such flag: " + letters.charAt(i));
            }
            flags |= 1 << bit;
        }
        return flags;
    }

    /** The letters of flags. */
    static String text(final int flags) {
        final StringBuilder letters = new StringBuilder();
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((flags >>> bit & 1) != 0) {
                letters.append(LETTERS.charAt(bit));
            }
        }
        return letters.toString();
    }
}
