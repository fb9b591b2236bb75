package io.penstock.rules.hot.match;

/**
 * Bob Jenkins' hash lookup3 (2006, public domain) of a number of 32 bits, begun as the kernel begins it (linux/jhash.h), so that others who
 * share a cluster come to the same. Any worker.
 */
final class JenkinsHash {

    private static final int BEGIN = 0xDEAD_BEEF;

    private JenkinsHash() {
    }

    /** The hash of one number. */
    static int of(final int word, final int seed) {
        int c = BEGIN + Integer.BYTES + seed;
        int b = c;
        int a = c + word;
        c = (c ^ b) - Integer.rotateLeft(b, 14);
        a = (a ^ c) - Integer.rotateLeft(c, 11);
        b = (b ^ a) - Integer.rotateLeft(a, 25);
        c = (c ^ b) - Integer.rotateLeft(b, 16);
        a = (a ^ c) - Integer.rotateLeft(c, 4);
        b = (b ^ a) - Integer.rotateLeft(a, 14);
        return (c ^ b) - Integer.rotateLeft(b, 24);
    }
}
