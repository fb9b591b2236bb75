package io.penstock.rules.hot;

/**
 * A match of one rule, ready to run: shared by all workers, so what it changes is atomic and never waited for. Allocates nothing.
 */
@FunctionalInterface
public interface HotMatch {

    /** Whether the packet is such; may set {@link RulePacket#hotdrop} instead, when a header is cut off. */
    boolean matches(RulePacket packet);
}
