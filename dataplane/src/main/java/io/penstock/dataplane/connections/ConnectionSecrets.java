package io.penstock.dataplane.connections;

import java.security.SecureRandom;

/** What keeps others from telling where in a table a connection, or an element of a set, lies: random, but for captures, which give the same whenever they are replayed. */
public final class ConnectionSecrets {

    private final SecureRandom random;
    private long next = 0x9E37_79B9_7F4A_7C15L;

    /** Random ones, or always the same. */
    public ConnectionSecrets(final boolean isRandom) {
        random = isRandom ? new SecureRandom() : null;
    }

    /** The next one. */
    public long next() {
        if (random != null) {
            return random.nextLong();
        }
        next = next * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
        return next;
    }
}
