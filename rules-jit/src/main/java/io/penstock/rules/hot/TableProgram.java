package io.penstock.rules.hot;

/**
 * A table ready to run on one worker: the first rule that takes the packet decides, user's chains are entered and left, and the end of a
 * built-in chain is its policy.
 *
 * <p>Source: net/ipv4/netfilter/ip_tables.c, {@code ipt_do_table}; net/ipv6/netfilter/ip6_tables.c, {@code ip6t_do_table}.
 *
 * <p>Threads: its worker.
 */
public abstract class TableProgram {

    /** What {@link #next} says when the packet is dropped at once. */
    protected static final int HOTDROP = -1;
    /** What a rule's record does not know, its other matches say: the packet is not for it. */
    protected static final int OTHERS_DISAGREE = -2;

    /**
     * Jumps for one packet, where the table has no more rules; else as many as it has rules, which a packet that meets each once can make. Unit: jumps. Real
     * tables make some tens; these take about a millisecond, in which a ring fills up but other ports' packets are not forgotten.
     */
    private static final int MOST_JUMPS = 1 << 16;

    protected final TableImage image;
    protected final long counters;
    private final int[] accepted;
    private final long[] acceptedAt;
    private final BatchSearch[] ahead;
    private final boolean[] knowsAtOnce;
    private final int mostJumps;

    /**
     * A program.
     *
     * @param counters address of the worker's {@link RuleCounters}, of as many numbers as the image has
     */
    protected TableProgram(final TableImage image, final long counters) {
        this(image, counters, new BatchSearch[image.hooks.length]);
    }

    /**
     * A program that searches chains for whole batches.
     *
     * @param ahead by hook, null where its chain is not searched so
     */
    TableProgram(final TableImage image, final long counters, final BatchSearch[] ahead) {
        this.image = image;
        this.counters = counters;
        this.accepted = FirstRule.of(image);
        this.mostJumps = Math.max(MOST_JUMPS, image.operations.length);
        this.ahead = ahead;
        this.acceptedAt = new long[image.hooks.length];
        this.knowsAtOnce = new boolean[image.hooks.length];
        for (int hook = 0; hook < acceptedAt.length; hook++) {
            knowsAtOnce[hook] = accepted[hook] != 0 || ahead[hook] != null;
            acceptedAt[hook] = image.hooks[hook] < 0 ? 0 : RuleCounters.address(counters, image.starts[image.hooks[hook]]);
        }
    }

    /** Whether a hook's chain accepts some packets at once, or is searched for whole batches. */
    public final boolean mayKnowAtOnce(final int hook) {
        return knowsAtOnce[hook];
    }

    /** Whether a hook's chain accepts packets at once that belong to their connection in a way, {@code ConnInfo}: {@link #accept} is all that is to be done then. */
    public final boolean acceptsAtOnce(final int hook, final int connectionInfo) {
        return (accepted[hook] >>> connectionInfo & 1) != 0;
    }

    /** Counts a packet that a hook's chain accepts at once. */
    public final void accept(final int hook, final int bytes) {
        RuleCounters.count(acceptedAt[hook], bytes);
    }

    /** The search of a hook's chain for a whole batch, or null where there is none. */
    public final BatchSearch ahead(final int hook) {
        return ahead[hook];
    }

    /**
     * Judges and counts a packet that the rule of a number in its hook's chain takes, where that rule asks nothing but what its record knows, and accepts or
     * drops; else nothing is done.
     *
     * @return ACCEPT or DROP of {@link RuleVerdict}, or {@link RuleVerdict#CONTINUE}: {@link #run} is to be asked
     */
    public final int settle(final int hook, final int rule, final int bytes) {
        final int number = image.starts[image.hooks[hook]] + rule;
        final int operation = image.operations[number];
        if ((operation != TableImage.ACCEPT && operation != TableImage.DROP) || image.residues[number] != null) {
            return RuleVerdict.CONTINUE;
        }
        RuleCounters.count(counters, number, bytes);
        return operation;
    }

    /** Makes room for the jumps within jumps that packets may make, so that none of them has to. Between packets. */
    public final void prepare(final RulePacket packet) {
        packet.scratch.prepare(image.depth);
    }

    /** Judges a packet at its hook: ACCEPT, DROP, STOLEN or QUEUE of {@link RuleVerdict}. */
    public int run(final RulePacket packet) {
        return traverse(packet, image.hooks[packet.hook]);
    }

    /** Goes through any chain as if packets came to it from outside: for who wants all of it compiled. */
    public final void enter(final RulePacket packet, final int chain) {
        traverse(packet, chain);
    }

    /** The number of the first rule of a chain, from one on, that takes the packet; the chain's end; or {@link #HOTDROP}. */
    protected abstract int next(RulePacket packet, int chain, int from);

    /** Goes through the chains, beginning with a built-in one. */
    protected final int traverse(final RulePacket packet, final int base) {
        final byte[] operations = image.operations;
        final int[] starts = image.starts;
        final int[] returns = packet.scratch.entries(image.depth);
        int depth = 0;
        int jumps = 0;
        int chain = base;
        int at = starts[base];
        while (true) {
            final int number = next(packet, chain, at);
            if (number == HOTDROP) {
                return RuleVerdict.DROP;
            }
            if (packet.traced) {
                traceSlow(packet, number);
            }
            final byte operation = operations[number];
            if (operation != TableImage.END) {
                RuleCounters.count(counters, number, packet.length);
            }
            if (packet.hotdrop) {
                return dropSlow(packet, number);
            }
            if (operation <= TableImage.QUEUE) {
                return operation;
            }
            if (operation <= TableImage.GOTO) {
                if (operation == TableImage.JUMP) {
                    returns[depth++] = number + 1;
                    if (++jumps > mostJumps) {
                        return endlessSlow(packet);
                    }
                }
                chain = image.callees[number];
                at = starts[chain];
                continue;
            }
            int verdict = RuleVerdict.CONTINUE;
            switch (operation) {
                case TableImage.TARGET -> {
                    verdict = image.targets[number].apply(packet);
                    if (verdict >= 0) {
                        return verdict;
                    }
                }
                case TableImage.RETURN, TableImage.END -> verdict = RuleVerdict.RETURN;
                default -> {
                }
            }
            if (verdict == RuleVerdict.CONTINUE) {
                at = number + 1;
            } else if (depth == 0) {
                return policy(packet, image.end(base));
            } else {
                at = returns[--depth];
                chain = image.chains[at];
            }
        }
    }

    /** The packet would go through chains for seconds, or for ever. */
    private static int endlessSlow(final RulePacket packet) {
        packet.endless = true;
        return RuleVerdict.DROP;
    }

    /** An inverted match took a packet and wants it dropped: the rule's target is asked, and nothing else. */
    private int dropSlow(final RulePacket packet, final int number) {
        if (image.operations[number] == TableImage.TARGET) {
            image.targets[number].apply(packet);
        }
        return RuleVerdict.DROP;
    }

    private void traceSlow(final RulePacket packet, final int number) {
        final int chain = image.chains[number];
        packet.services.traceRule(packet, image.table, image.names[chain], image.traces[number], number - image.starts[chain] + 1);
    }

    private int policy(final RulePacket packet, final int end) {
        if (packet.traced) {
            traceSlow(packet, end);
        }
        RuleCounters.count(counters, end, packet.length);
        return image.operations[end] == TableImage.DROP ? RuleVerdict.DROP : RuleVerdict.ACCEPT;
    }
}
