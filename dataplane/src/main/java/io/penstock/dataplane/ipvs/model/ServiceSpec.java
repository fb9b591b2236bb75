package io.penstock.dataplane.ipvs.model;

/**
 * What a command says of a virtual service beside its name.
 *
 * @param scheduler          the scheduler's name, as ipvsadm has it
 * @param flags              {@link #ONE_PACKET} and the scheduler's three flags
 * @param persistenceSeconds how long a client stays with its server, 1 and more; 0 for services that are not persistent
 * @param maskBits           length of the prefix of clients' addresses that persistence takes for one client: 0 to 32, or 1 to 128
 * @param engine             the persistence engine's name, or null
 */
public record ServiceSpec(String scheduler, int flags, int persistenceSeconds, int maskBits, String engine) {

    /** Each packet is scheduled on its own. */
    public static final int ONE_PACKET = 4;
    /** {@code flag-1}: sh-fallback, mh-fallback. Numbers are the kernel's. */
    public static final int SCHEDULER_1 = 8;
    /** {@code flag-2}: sh-port, mh-port. */
    public static final int SCHEDULER_2 = 16;
    /** {@code flag-3}. */
    public static final int SCHEDULER_3 = 32;

    /** Whether clients stay with their servers. */
    public boolean isPersistent() {
        return persistenceSeconds != 0;
    }
}
