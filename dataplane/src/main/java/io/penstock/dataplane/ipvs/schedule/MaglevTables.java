package io.penstock.dataplane.ipvs.schedule;

import io.penstock.dataplane.hot.ipvs.schedule.Candidate;
import io.penstock.dataplane.hot.ipvs.schedule.MaglevHash;
import io.penstock.dataplane.hot.ipvs.schedule.Roster;
import io.penstock.dataplane.hot.ipvs.schedule.ScheduleHash;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Tables of Maglev hashing. Each server has its own order of all entries, a permutation: from an offset on by a step. In turns each takes the first entry of its
 * order that is still free.
 *
 * <p>How weights count: in the kernel's tables a server takes as many entries at a turn as its weight, over the greatest common divisor, and shifted to at most
 * six bits. In the others all take turns together, and those of less weight than the largest let some pass: what is taken is as even as it can be at each point,
 * and a change of one weight moves little beside its share.
 *
 * <p>Source: Eisenbud et al., Maglev, NSDI 2016, section 3.4; net/netfilter/ipvs/ip_vs_mh.c. Threads: any; stateless.
 */
final class MaglevTables {

    /** The kernel's CONFIG_IP_VS_MH_TAB_INDEX 12, by 2: a turn takes below 2 to the power of this. */
    private static final int TURN_BITS = 6;
    private static final int FREE = -1;

    private static final int PORT_BITS = 16;
    /** Different numbers, for two hashes of a server that have nothing to do with each other. */
    private static final long OFFSET_SEED = 0x6F66_6673_6574L;
    private static final long STEP_SEED = 0x736B_6970L;

    /** Servers in an order that all hosts agree on; of the same address and port, the one added last is first. */
    private static final Comparator<Candidate> ORDER = Comparator.comparingInt(Candidate::family)
            .thenComparing(Candidate::high, Long::compareUnsigned)
            .thenComparing(Candidate::low, Long::compareUnsigned)
            .thenComparingInt(Candidate::port);

    private MaglevTables() {
    }

    /** The paper's table: of each entry the server's index; empty where all servers are quiesced. */
    static int[] fill(final Roster roster, final int size) {
        final Candidate[] servers = roster.servers();
        final int[] order = IntStream.range(0, servers.length).boxed()
                .filter(index -> roster.weight(index) > 0)
                .sorted(Comparator.comparing(index -> servers[index], ORDER))
                .mapToInt(Integer::intValue)
                .toArray();
        final int[] offsets = new int[order.length];
        final int[] steps = new int[order.length];
        final int[] weights = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            final Candidate server = servers[order[i]];
            offsets[i] = (int) Long.remainderUnsigned(hash(server, OFFSET_SEED), size);
            steps[i] = (int) Long.remainderUnsigned(hash(server, STEP_SEED), size - 1) + 1;
            weights[i] = roster.weight(order[i]);
        }
        final int[] table = fill(offsets, steps, weights, size);
        for (int i = 0; i < table.length; i++) {
            table[i] = order[table[i]];
        }
        return table;
    }

    /** The same, of servers that have these permutations, in their order. Weights are above 0. */
    static int[] fill(final int[] offsets, final int[] steps, final int[] weights, final int size) {
        final int[] table = free(offsets.length == 0 ? 0 : size);
        final int[] next = offsets.clone();
        final int[] taken = new int[offsets.length];
        final long largest = Arrays.stream(weights).max().orElse(0);
        int filled = 0;
        for (long turn = 0; filled < table.length; turn++) {
            for (int i = 0; i < next.length && filled < table.length; i++) {
                if (turn * weights[i] >= taken[i] * largest) {
                    take(table, next, steps[i], i);
                    taken[i]++;
                    filled++;
                }
            }
        }
        return table;
    }

    /** The kernel's table, by what servers weighed before they were quiesced; empty where none has ever had a weight. */
    static int[] fillAsKernel(final Roster roster) {
        final int count = roster.servers().length;
        int divisor = 0;
        int largest = 0;
        for (int i = 0; i < count; i++) {
            divisor = gcd(divisor, roster.lastWeight(i));
            largest = Math.max(largest, roster.lastWeight(i));
        }
        if (divisor == 0) {
            return new int[0];
        }
        final int shift = Math.max(Integer.SIZE - Integer.numberOfLeadingZeros(largest / divisor) - TURN_BITS, 0);
        final int[] next = new int[count];
        final int[] steps = new int[count];
        final int[] turns = new int[count];
        for (int i = 0; i < count; i++) {
            final Candidate server = roster.servers()[i];
            final int key = ScheduleHash.fold(server.high(), server.low()) + server.port();
            next[i] = Integer.remainderUnsigned(ScheduleHash.sip(key, ScheduleHash.MH_KEY_1), MaglevHash.SIZE);
            steps[i] = Integer.remainderUnsigned(ScheduleHash.sip(key, ScheduleHash.MH_KEY_2), MaglevHash.SIZE - 1) + 1;
            final int weight = roster.lastWeight(i);
            turns[i] = weight == 0 ? 0 : Math.max(weight / divisor >> shift, 1);
        }
        final int[] table = free(MaglevHash.SIZE);
        int filled = 0;
        while (filled < table.length) {
            for (int i = 0; i < count; i++) {
                for (int turn = 0; turn < turns[i] && filled < table.length; turn++) {
                    take(table, next, steps[i], i);
                    filled++;
                }
            }
        }
        return table;
    }

    private static int[] free(final int size) {
        final int[] table = new int[size];
        Arrays.fill(table, FREE);
        return table;
    }

    private static void take(final int[] table, final int[] next, final int step, final int server) {
        int entry = next[server];
        while (table[entry] != FREE) {
            entry += step;
            if (entry >= table.length) {
                entry -= table.length;
            }
        }
        table[entry] = server;
        next[server] = entry;
    }

    private static int gcd(final int a, final int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static long hash(final Candidate server, final long seed) {
        final long address = ScheduleHash.mix(ScheduleHash.mix(seed ^ server.high()) ^ server.low());
        return ScheduleHash.mix(address ^ (long) server.family() << PORT_BITS ^ server.port());
    }
}
