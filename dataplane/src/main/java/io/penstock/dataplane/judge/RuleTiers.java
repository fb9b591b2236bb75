package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.program.ProgramKind;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Whether rules do the same in whatever way they run: rule by rule, by what packets have in common, by classes of their own; packet by
 * packet, and with many packets of a port in one batch.
 *
 * <p>In a batch it cannot be told which packet an answer belongs to, and the first packets to a neighbour leave later; so all that left by a
 * port is compared, in any order, and what the rules have counted.
 *
 * <p>Threads: one.
 */
final class RuleTiers {

    private static final Comparator<byte[]> ANY = Arrays::compare;

    private final Configuration configuration;
    private final List<Arrival> arrivals;
    private final long[] times;
    private final List<String> defects = new ArrayList<>();

    private RuleTiers(final Configuration configuration, final List<Arrival> arrivals, final long... times) {
        this.configuration = configuration;
        this.arrivals = arrivals;
        this.times = times;
    }

    /**
     * What the ways do otherwise than the first one, a sentence each; packets in a row that come by one port without a pause come at one time.
     *
     * @param saved takes what the rules have counted, by family
     */
    static List<String> differences(
            final Configuration configuration, final List<Arrival> arrivals, final Map<IpFamily, String> saved, final long... times) {
        final RuleTiers all = new RuleTiers(configuration, arrivals, times);
        all.compare(saved);
        return all.defects;
    }

    private void compare(final Map<IpFamily, String> saved) {
        final List<Reaction> did;
        final List<String> counted;
        final List<String> listed;
        final List<Logged> logged;
        try (PenstockRouter plain = new PenstockRouter(configuration, ProgramKind.PLAIN, RuleTier.PLAIN, PenstockRouter.startNs(times))) {
            did = plain.run(arrivals, times);
            counted = counters(plain);
            listed = connections(plain);
            saved.putAll(RuleCounts.of(configuration, plain::rules));
            logged = plain.logged();
        }
        for (final RuleTier tier : List.of(RuleTier.INDEXED, RuleTier.SPECIALIZED)) {
            try (PenstockRouter other = new PenstockRouter(configuration, ProgramKind.PLAIN, tier, PenstockRouter.startNs(times))) {
                final String what = "rules run otherwise: plain and " + tier + ": ";
                new Comparison(configuration.ports().size()).of(arrivals, did, other.run(arrivals, times)).forEach(difference ->
                        defects.add(what + "packet=" + (difference.index() + 1) + ": "
                                + difference.kind().replace("kernel ", "").replace("Penstock ", "and ")));
                counts(what, counted, other);
                connections(what, listed, other);
                Logged.differences(logged, other.logged()).forEach(line -> defects.add(what
                        + line.replace("kernel: ", "").replace("Penstock: ", "and ")));
            }
        }
        batches(RuleTier.SPECIALIZED, did, counted, listed);
    }

    /** What rules do otherwise with batches than with one packet after the other, a sentence each; each packet comes when its batch does. */
    static List<String> batches(final Configuration configuration, final List<Arrival> arrivals, final long... times) {
        final long[] together = PenstockRouter.batchTimes(arrivals, times);
        final RuleTiers all = new RuleTiers(configuration, arrivals, together);
        try (PenstockRouter one = new PenstockRouter(configuration, ProgramKind.COMPILED, RuleTier.INDEXED, PenstockRouter.startNs(times))) {
            final List<Reaction> did = one.run(arrivals, together);
            all.batches(RuleTier.INDEXED, did, counters(one), all.connections(one));
        }
        return all.defects;
    }

    private void batches(
            final RuleTier tier, final List<Reaction> did, final List<String> counted, final List<String> listed) {
        try (PenstockRouter other = new PenstockRouter(configuration, ProgramKind.COMPILED, tier, PenstockRouter.startNs(times))) {
            final String what = "rules do otherwise with packets in one batch: " + tier + ": ";
            final List<Reaction> batches = other.runInBatches(arrivals, times);
            for (int port = 0; port < configuration.ports().size(); port++) {
                same(what + "out by " + configuration.ports().get(port).name(), sent(did, port), sent(batches, port));
            }
            same(what + "to this host", delivered(did), delivered(batches));
            counts(what, counted, other);
            connections(what, listed, other);
        }
    }

    /** What the rules have counted, by family. */
    private static List<String> counters(final PenstockRouter router) {
        return Arrays.stream(IpFamily.values()).map(router::rules).toList();
    }

    private void counts(final String what, final List<String> counted, final PenstockRouter other) {
        final List<String> now = counters(other);
        for (int i = 0; i < counted.size(); i++) {
            RuleCounts.lines(counted.get(i), now.get(i)).forEach(line ->
                    defects.add(what + line.replace("kernel: ", "").replace("Penstock: ", "and ")));
        }
    }

    /** The connections in the end, by family; empty where none are tracked. */
    private List<String> connections(final PenstockRouter router) {
        if (arrivals.isEmpty() || !router.connections().isTracked()) {
            return List.of();
        }
        return Arrays.stream(IpFamily.values()).map(family -> router.connections().list(family, times[arrivals.size() - 1])).toList();
    }

    private void connections(final String what, final List<String> listed, final PenstockRouter other) {
        final List<String> now = connections(other);
        for (int i = 0; i < listed.size(); i++) {
            new ConnectionList(listed.get(i), 0, 0).differences(now.get(i)).forEach(line ->
                    defects.add(what + line.replace("kernel: ", "").replace("Penstock: ", "and ")));
        }
    }

    private void same(final String what, final List<byte[]> one, final List<byte[]> other) {
        if (one.size() != other.size()) {
            defects.add(what + ": packets=" + one.size() + " and " + other.size());
            return;
        }
        for (int i = 0; i < one.size(); i++) {
            if (!Arrays.equals(one.get(i), other.get(i))) {
                defects.add(what + ": packets differ, the first at byte " + Arrays.mismatch(one.get(i), other.get(i)));
                return;
            }
        }
    }

    private static List<byte[]> sent(final List<Reaction> reactions, final int port) {
        return reactions.stream().flatMap(reaction -> reaction.sent().stream()).filter(sent -> sent.port() == port)
                .map(sent -> withoutChance(sent.bytes())).sorted(ANY).toList();
    }

    private static List<byte[]> delivered(final List<Reaction> reactions) {
        return reactions.stream().flatMap(reaction -> reaction.delivered().stream()).map(RuleTiers::withoutChance).sorted(ANY).toList();
    }

    /** Identifications and flow labels of the router's own packets go by their order. */
    private static byte[] withoutChance(final byte... packet) {
        final byte[] plain = packet.clone();
        if (Wire.isIpv4(plain)) {
            Wire.put16(plain, 4, 0);
            Wire.put16(plain, 10, 0);
        } else if (Wire.isIpv6(plain)) {
            Wire.put32(plain, 0, Wire.u32(plain, 0) & 0xFFF0_0000);
        }
        return plain;
    }
}
