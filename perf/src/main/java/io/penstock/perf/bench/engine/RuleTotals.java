package io.penstock.perf.bench.engine;

import io.penstock.dataplane.cli.Json;

/**
 * What rules have done, and what they are.
 *
 * @param source      what they are, for people and comparisons
 * @param tier        what was to run them
 * @param specialized whether a class of their own runs them
 * @param rules       in all tables in force
 * @param leftOut     that the file has, and that cannot run
 * @param taking      rules that have taken a packet
 * @param last        packets that FORWARD's last rule in table filter has taken
 * @param received    packets in that time
 * @param loadMs      from the text to being in force
 */
public record RuleTotals(
        String source, String tier, boolean specialized, int rules, int leftOut, int taking, long last, long received,
        double loadMs) {

    /** The share of all packets that reached the last rule. */
    double lastShare() {
        return received == 0 ? 0 : (double) last / received;
    }

    /** Adds its fields. */
    void write(final Json json) {
        json.field("rules", source).field("rule_count", rules).field("tier", tier).field("specialized", specialized)
                .field("rules_left_out", leftOut).field("rules_taking", taking).field("last_rule_share", lastShare())
                .field("load_ms", loadMs);
    }
}
