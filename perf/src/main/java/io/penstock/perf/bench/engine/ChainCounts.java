package io.penstock.perf.bench.engine;

import io.penstock.rules.model.Chain;
import io.penstock.rules.model.TableSnapshot;
import java.util.HashMap;
import java.util.Map;

/**
 * A table's counters by chain, and what is wrong with them.
 *
 * <p>Threads: one.
 */
public final class ChainCounts {

    private final TableSnapshot table;
    private final Map<String, Integer> starts = new HashMap<>();
    private final Map<String, Integer> rules = new HashMap<>();
    private String wrong;

    public ChainCounts(final TableSnapshot table) {
        this.table = table;
        int number = 0;
        for (final Chain chain : table.table().chains()) {
            starts.put(chain.name(), number);
            rules.put(chain.name(), chain.rules().size());
            number += chain.rules().size() + 1;
        }
    }

    /** Rules of a chain. */
    public int rules(final String chain) {
        return rules.get(chain);
    }

    /** Packets that a rule has taken, or under the number behind the last rule the chain's end. */
    public long of(final String chain, final int rule) {
        return table.packets()[starts.get(chain) + rule];
    }

    /** A rule has taken so many. */
    public void expect(final String chain, final int rule, final long packets) {
        expect("packets of " + chain + " rule " + (rule + 1), packets, of(chain, rule));
    }

    /** Something is as large as it should be. */
    public void expect(final String what, final long expected, final long is) {
        if (wrong == null && expected != is) {
            wrong = "the rules' counters are wrong, a defect: " + what + " are " + is + ", expected=" + expected;
        }
    }

    /** The first that was wrong, or null. */
    public String wrong() {
        return wrong;
    }
}
