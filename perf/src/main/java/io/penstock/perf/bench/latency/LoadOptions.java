package io.penstock.perf.bench.latency;

import io.penstock.perf.bench.engine.Injection;
import io.penstock.perf.bench.engine.LaneTotals;
import io.penstock.perf.bench.engine.RuleOptions;
import io.penstock.perf.wire.ArrivalPattern;
import java.util.List;

/**
 * What the engine has to carry.
 *
 * @param ratePps       or 0 for a part of what it can
 * @param loadPercent   that part
 * @param arrivals      when packets are due
 * @param warmUpSeconds with what the engine can, and then with the load
 * @param ringPackets   what may wait
 * @param flows         of UDP, a packet each, in turn
 * @param frameBytes    without check sequence
 * @param rules         what packets go through
 * @param connections   what the rules do with connections, for people, or null
 * @param injections    what is worse on purpose
 * @param cpu           the worker's
 */
record LoadOptions(
        long ratePps, double loadPercent, ArrivalPattern arrivals, double warmUpSeconds, int ringPackets, int flows, int frameBytes,
        boolean ipv6, RuleOptions rules, String connections, List<Injection> injections, int cpu) {

    /**
     * Why packets' fate makes a measurement count for nothing, or null: each is to be forwarded, unless it goes through a user's rules, which may
     * drop it.
     */
    String loss(final LaneTotals totals) {
        if (totals.forwarded() == 0) {
            return "nothing was forwarded, so this measures no forwarding: packets=" + totals.packets() + " dropped " + totals.reasons();
        }
        // Those of connections are in a file, too, but not the user's.
        final boolean whole = rules.file() == null || connections != null;
        return whole && !totals.isAllForwarded() ? totals.loss() : null;
    }

    /** For people. */
    String text() {
        final StringBuilder text = new StringBuilder(String.format("built in, %s, UDP, frames of %d bytes, %,d flows",
                ipv6 ? "IPv6" : "IPv4", frameBytes, flows));
        if (connections != null) {
            text.append(", ").append(connections);
        } else if (rules.mix() != null) {
            text.append(String.format(", through %,d rules, %s", rules.count(), rules.mix().text()));
        } else if (rules.file() != null) {
            text.append(", through the rules of ").append(rules.file().getFileName());
        }
        if (!injections.isEmpty()) {
            text.append(", made worse by ").append(String.join(", ", injections.stream().map(Injection::toString).toList()));
        }
        return text.toString();
    }
}
