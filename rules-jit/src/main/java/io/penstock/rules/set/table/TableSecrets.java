package io.penstock.rules.set.table;

import java.security.SecureRandom;

/** What the hashes of tables are keyed with: nobody who sends packets may foretell it. Threads: control, any number. */
public final class TableSecrets {

    private static final SecureRandom RANDOM = new SecureRandom();

    private TableSecrets() {
    }

    /** A new one. */
    public static long next() {
        return RANDOM.nextLong();
    }
}
