package io.penstock.dataplane.hot.ipvs.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What a namespace sets for its schedulers.
 *
 * <p>Source: net.ipv4.vs.lblc_expiration and lblcr_expiration. Threads: control writes; workers see it soon.
 */
public final class SchedulerSettings {

    /** A table of 65,537 is the paper's: of 100 servers each has its part to 1 in 600; of 1,000, to 1 in 65. */
    public static final int DEFAULT_MAGLEV_TABLE = 65_537;
    /** Entries. Beyond this tables do not fit into caches, and take 20 MB for each service. */
    public static final int MAX_MAGLEV_TABLE = 5_000_011;
    /** A day, as in the kernel. Unit: s */
    public static final int DEFAULT_EXPIRATION_SECONDS = 86_400;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int MAGLEV_TABLE = 0;
    private static final int LBLC_EXPIRATION = 1;
    private static final int LBLCR_EXPIRATION = 2;

    private final int[] values = {DEFAULT_MAGLEV_TABLE, DEFAULT_EXPIRATION_SECONDS, DEFAULT_EXPIRATION_SECONDS};

    /** Settings at their defaults. */
    public SchedulerSettings() {
    }

    /** Entries of the tables of {@code maglev} that are made from now on. */
    public int maglevTable() {
        return (int) VALUE.getOpaque(values, MAGLEV_TABLE);
    }

    /**
     * Sets {@link #maglevTable}. Balancers side by side need the same.
     *
     * @throws IllegalArgumentException if it is not a prime number from 2 to {@link #MAX_MAGLEV_TABLE}
     */
    public void setMaglevTable(final int entries) {
        requirePrime(entries);
        VALUE.setOpaque(values, MAGLEV_TABLE, entries);
    }

    /** After how long a destination that nobody asks for is forgotten by {@code lblc}. */
    public int lblcExpirationSeconds() {
        return (int) VALUE.getOpaque(values, LBLC_EXPIRATION);
    }

    /** Sets {@link #lblcExpirationSeconds}; 0 and less: at once. */
    public void setLblcExpirationSeconds(final int seconds) {
        VALUE.setOpaque(values, LBLC_EXPIRATION, seconds);
    }

    /** After how long a destination that nobody asks for is forgotten by {@code lblcr}, or one of its servers taken away again. */
    public int lblcrExpirationSeconds() {
        return (int) VALUE.getOpaque(values, LBLCR_EXPIRATION);
    }

    /** Sets {@link #lblcrExpirationSeconds}; 0 and less: at once. */
    public void setLblcrExpirationSeconds(final int seconds) {
        VALUE.setOpaque(values, LBLCR_EXPIRATION, seconds);
    }

    long lblcExpirationNs() {
        return lblcExpirationSeconds() * SECOND_NS;
    }

    long lblcrExpirationNs() {
        return lblcrExpirationSeconds() * SECOND_NS;
    }

    private static void requirePrime(final int entries) {
        boolean isPrime = entries >= 2 && entries <= MAX_MAGLEV_TABLE;
        for (int i = 2; isPrime && i <= entries / i; i++) {
            isPrime = entries % i != 0;
        }
        if (!isPrime) {
            throw new IllegalArgumentException("a maglev table needs a prime number of entries: entries=" + entries + " max=" + MAX_MAGLEV_TABLE
                    + "; take 65537, or about 100 times as many as servers");
        }
    }
}
