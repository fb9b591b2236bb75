package io.penstock.dataplane.judge.random;

import io.penstock.rules.set.SetType;
import java.util.List;
import java.util.Set;

/**
 * What random commands know of a set: what was said when it was made, and not what became of it.
 *
 * @param name       its name
 * @param type       its type
 * @param family     4, 6, or 0 for a type that has none
 * @param options    the words of its creation, behind the type
 * @param has        those of {@code timeout}, {@code counters}, {@code comment}, {@code skbinfo}
 * @param grows      whether a packet may add to it: with small buckets it depends on the hash whether the kernel does so
 * @param range      a bitmap of addresses: where it is; else null
 */
record SetPlan(String name, SetType type, int family, List<String> options, Set<String> has, boolean grows, Prefix4 range) {

    /** Another one of the same kind. */
    SetPlan named(final String other) {
        return new SetPlan(other, type, family, options, has, grows, range);
    }

    /** Whether rules of a family may name it. */
    boolean isFor(final boolean ipv6) {
        return family == 0 || family == (ipv6 ? 6 : 4);
    }
}
