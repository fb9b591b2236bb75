package io.penstock.dataplane.hot.ipvs.schedule;

/**
 * {@code maglev}: by addresses, ports and protocol, from a table in which each server has its part, and keeps nearly all of it when others come and go.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The choice depends on the flow, on the servers' addresses, ports and weights, and on which of them are overloaded: not on the order in which they were
 *       added, nor on this host. Balancers side by side choose the same.</li>
 *   <li>A flow whose server has become overloaded, or is quiesced before the next table is published, hashes again; others stay.</li>
 * </ol>
 *
 * <p>Source: Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer, NSDI 2016, section 3.4. The kernel's scheduler of that name is
 * {@link MaglevHash}: it hashes the client alone and leaves quiesced servers in the table. Threads: those of {@link Scheduler}.
 */
public final class Maglev extends RosterScheduler {

    /**
     * How often a flow hashes again before it takes the next server that it can. Unit: hashes. Lower moves more flows to one neighbour where most servers are
     * overloaded; higher costs more there.
     */
    private static final int TRIES = 16;
    private static final int PORT_BITS = 16;
    private static final int FAMILY_SHIFT = 48;

    private final int[] table;

    /**
     * A scheduler.
     *
     * @param table of each entry the server's index; empty where there is no server
     */
    public Maglev(final Roster roster, final int[] table) {
        super(roster);
        this.table = table;
    }

    @Override
    public int pick(final Flow flow) {
        if (table.length == 0) {
            return NONE;
        }
        final long hash = hash(flow);
        final int index = at(hash);
        return takes(servers()[index]) ? index : again(hash);
    }

    private int again(final long first) {
        if (!anyTakes()) {
            return NONE;
        }
        final Candidate[] servers = servers();
        long hash = first;
        for (int i = 0; i < TRIES; i++) {
            hash = ScheduleHash.mix(hash);
            final int index = at(hash);
            if (takes(servers[index])) {
                return index;
            }
        }
        // Along the table and not along the servers, whose order is not the same everywhere.
        final int from = (int) Math.unsignedMultiplyHigh(hash, table.length);
        for (int i = 0; i < table.length; i++) {
            final int index = table[from + i < table.length ? from + i : from + i - table.length];
            if (takes(servers[index])) {
                return index;
            }
        }
        return NONE;
    }

    private int at(final long hash) {
        return table[(int) Math.unsignedMultiplyHigh(hash, table.length)];
    }

    private static long hash(final Flow flow) {
        final int ports = flow.isInverse
                ? flow.destinationPort << PORT_BITS | flow.sourcePort
                : flow.sourcePort << PORT_BITS | flow.destinationPort;
        final long rest = (long) flow.family << FAMILY_SHIFT | (long) flow.protocol << Integer.SIZE | ports & 0xFFFF_FFFFL;
        return flow.isInverse
                ? hash(flow.destinationHigh, flow.destinationLow, flow.sourceHigh, flow.sourceLow, rest)
                : hash(flow.sourceHigh, flow.sourceLow, flow.destinationHigh, flow.destinationLow, rest);
    }

    private static long hash(final long clientHigh, final long clientLow, final long serviceHigh, final long serviceLow, final long rest) {
        final long client = ScheduleHash.mix(ScheduleHash.mix(clientHigh) ^ clientLow);
        final long service = ScheduleHash.mix(ScheduleHash.mix(client ^ serviceHigh) ^ serviceLow);
        return ScheduleHash.mix(service ^ rest);
    }
}
