package io.penstock.dataplane.judge.random;

import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;

/**
 * Where a random rule stands.
 *
 * @param table its table
 * @param hooks the hooks that may lead to its chain: a mask of {@link RuleHook#bit}
 * @param chain the chain's name
 * @param ipv6  the family
 */
record RulePlace(TableName table, int hooks, String chain, boolean ipv6) {

    /** True when no other hook than these leads there. */
    boolean isOnly(final RuleHook... allowed) {
        int rest = hooks;
        for (final RuleHook hook : allowed) {
            rest &= ~hook.bit();
        }
        return rest == 0;
    }

    /** True when the tool lets a rule of the chain ask for the device that packets come in by. */
    boolean knowsIn() {
        return !"OUTPUT".equals(chain) && !"POSTROUTING".equals(chain);
    }

    /** True when the tool lets a rule of the chain ask for the device that packets leave by. */
    boolean knowsOut() {
        return !"PREROUTING".equals(chain) && !"INPUT".equals(chain);
    }
}
