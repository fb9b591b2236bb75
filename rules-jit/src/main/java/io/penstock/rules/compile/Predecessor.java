package io.penstock.rules.compile;

import io.penstock.rules.api.Match;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.match.AddrtypeMatch;
import io.penstock.rules.match.BpfMatch;
import io.penstock.rules.match.CommentMatch;
import io.penstock.rules.match.DscpMatch;
import io.penstock.rules.match.HopsMatch;
import io.penstock.rules.match.Icmp6Match;
import io.penstock.rules.match.IcmpMatch;
import io.penstock.rules.match.IprangeMatch;
import io.penstock.rules.match.LengthMatch;
import io.penstock.rules.match.MacMatch;
import io.penstock.rules.match.MarkMatch;
import io.penstock.rules.match.MultiportMatch;
import io.penstock.rules.match.PkttypeMatch;
import io.penstock.rules.match.StringMatch;
import io.penstock.rules.match.TcpMatch;
import io.penstock.rules.match.TosMatch;
import io.penstock.rules.match.U32Match;
import io.penstock.rules.match.UdpMatch;
import io.penstock.rules.model.Chain;
import io.penstock.rules.model.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a changed table uses again of the one that it replaces: a rule that both have, the same object, has the same fields, and its matches
 * may run on. Most changes are of one rule in thousands, and what is not made anew need not be collected.
 *
 * <p>Of a chain, the rules before the first change and behind the last one are found again.
 *
 * <p>Threads: control, one at a time, while the table is not closed.
 */
final class Predecessor {

    /** Matches that keep nothing, and whose making depends on nothing but themselves and the family. */
    private static final Set<Class<?>> PURE = Set.of(AddrtypeMatch.class, BpfMatch.class, CommentMatch.class, DscpMatch.class,
            HopsMatch.class, Icmp6Match.class, IcmpMatch.class, IprangeMatch.class, LengthMatch.class, MacMatch.class, MarkMatch.class,
            MultiportMatch.class, PkttypeMatch.class, StringMatch.class, TcpMatch.class, TosMatch.class, U32Match.class, UdpMatch.class);

    private final CompiledTable table;
    private final Map<String, Integer> chains = new HashMap<>();

    /** One, or none where there is no table. */
    Predecessor(final CompiledTable table) {
        this.table = table;
        if (table != null) {
            final List<Chain> all = table.table().chains();
            for (int i = 0; i < all.size(); i++) {
                chains.put(all.get(i).name(), i);
            }
        }
    }

    /** What there was of a chain. */
    Part part(final Chain chain) {
        return new Part(chain, chains.getOrDefault(chain.name(), -1));
    }

    /** Whether all matches of a rule may run on. */
    static boolean isPure(final Rule rule) {
        final List<Match> matches = rule.matches();
        for (int i = 0; i < matches.size(); i++) {
            if (!PURE.contains(matches.get(i).getClass())) {
                return false;
            }
        }
        return true;
    }

    /** A chain's. */
    final class Part {

        private final int chain;
        private final int count;
        private final int oldCount;
        private final int before;
        private final int behind;

        private Part(final Chain now, final int chain) {
            final List<Rule> rules = now.rules();
            final List<Rule> old = chain < 0 ? List.of() : table.table().chains().get(chain).rules();
            this.chain = chain;
            this.count = rules.size();
            this.oldCount = old.size();
            final int most = Math.min(count, oldCount);
            int same = 0;
            while (same < most && rules.get(same) == old.get(same)) {
                same++;
            }
            this.before = same;
            same = 0;
            while (same < most - before && rules.get(count - 1 - same) == old.get(oldCount - 1 - same)) {
                same++;
            }
            this.behind = same;
        }

        /** The place of the same rule in the old chain, or -1. */
        private int old(final int rule) {
            return rule < before ? rule : rule >= count - behind ? rule - count + oldCount : -1;
        }

        /** The old block if all its rules are the same, else null. */
        ChainBlock block() {
            return chain >= 0 && before == count && count == oldCount ? table.block(chain) : null;
        }

        /** Where that is in memory. */
        long address() {
            return table.address(chain);
        }

        /** A rule's fields, or null. */
        RuleFields fields(final int rule) {
            final int old = old(rule);
            return old < 0 ? null : table.block(chain).rules().get(old);
        }

        /** Its number in the old table, or -1. */
        int number(final int rule) {
            final int old = old(rule);
            return old < 0 ? -1 : table.image().starts[chain] + old;
        }
    }

    /** What a rule asked, by its old number. */
    HotMatch[] matches(final int number) {
        return table.image().matches[number];
    }

    /** What of it was asked besides its fields. */
    HotMatch[] residue(final int number) {
        return table.image().residues[number];
    }
}
