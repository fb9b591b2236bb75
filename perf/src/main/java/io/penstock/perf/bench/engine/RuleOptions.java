package io.penstock.perf.bench.engine;

import io.penstock.perf.rules.RuleMix;
import io.penstock.perf.rules.RuleSet;
import io.penstock.perf.rules.RuleTier;
import java.nio.file.Path;

/**
 * The rules that packets go through.
 *
 * @param mix   how made-up ones look, or null
 * @param count how many of them
 * @param file  of iptables-restore, or null
 * @param sets  the IP sets that the file's rules name, of ipset restore, or null
 * @param tier  what runs them
 */
public record RuleOptions(RuleMix mix, int count, Path file, Path sets, RuleTier tier) {

    /** No rules. */
    public static final RuleOptions NONE = new RuleOptions(null, 0, null, null, RuleTier.NONE);

    /** Whether rules are the matter, though they may be left out. */
    boolean any() {
        return mix != null || file != null;
    }

    /** Whether they are in force. */
    boolean inForce() {
        return any() && tier != RuleTier.NONE;
    }

    /** The made-up rules, with so many flows, or null. */
    RuleSet set(final int flows) {
        return mix == null ? null : RuleSet.of(mix, count, flows);
    }
}
