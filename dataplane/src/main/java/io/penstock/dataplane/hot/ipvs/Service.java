package io.penstock.dataplane.hot.ipvs;

import io.penstock.dataplane.hot.ipvs.schedule.Scheduler;

/**
 * A virtual service as workers see it: the same object as long as it is there, whatever about it changes.
 *
 * <p>Threads: control changes it; workers read it.
 */
public final class Service {

    /** What becomes of the connections of a server that goes, as {@code RemovalPolicy} is ordered. */
    static final int KERNEL = 0;
    static final int KEEP = 1;
    static final int RESET = 2;
    static final int REHASH = 3;

    static final int FTP_PORT = 21;

    /** 4 or 6. */
    public final int family;
    public final int protocol;
    public final long high;
    public final long low;
    public final int port;
    /** 0 for a service by address. */
    public final int mark;

    private volatile Scheduler scheduler;
    private volatile boolean onePacket;
    private volatile long persistenceNs;
    private volatile long maskHigh;
    private volatile long maskLow;
    private volatile int removal;

    /** A service without servers. */
    public Service(final int family, final int protocol, final long high, final long low, final int port, final int mark) {
        this.family = family;
        this.protocol = protocol;
        this.high = high;
        this.low = low;
        this.port = port;
        this.mark = mark;
    }

    /** Control: what a command said of it. */
    public void settings(final boolean isOnePacket, final long newPersistenceNs, final int maskBits) {
        final int wide = family == 4 ? maskBits + 96 : maskBits;
        maskHigh = wide >= 64 ? -1L : wide == 0 ? 0 : -1L << 64 - wide;
        maskLow = wide <= 64 ? 0 : -1L << 128 - wide;
        onePacket = isOnePacket;
        persistenceNs = newPersistenceNs;
    }

    /** Control: who chooses from now on. */
    public void scheduler(final Scheduler next) {
        scheduler = next;
    }

    /** Control: what becomes of connections of servers that go. */
    public void removal(final int policy) {
        removal = policy;
    }

    /** Who chooses; null without servers. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Whether each packet of UDP is scheduled on its own. */
    boolean isOnePacket() {
        return onePacket;
    }

    /** How long clients stay with their servers; 0 where they do not. */
    long persistenceNs() {
        return persistenceNs;
    }

    /** What of an address says which client it is: the upper half. */
    long maskHigh() {
        return maskHigh;
    }

    /** The lower half; of IPv4 all. */
    long maskLow() {
        return maskLow;
    }

    /** What becomes of connections of servers that go. */
    public int removal() {
        return removal;
    }
}
