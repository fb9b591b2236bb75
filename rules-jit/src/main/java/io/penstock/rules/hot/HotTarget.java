package io.penstock.rules.hot;

/**
 * A target of one rule, ready to run: shared by all workers, so what it changes is atomic and never waited for. Allocates nothing.
 */
@FunctionalInterface
public interface HotTarget {

    /** Does what it is for, and says how the packet goes on: one of {@link RuleVerdict}. */
    int apply(RulePacket packet);
}
