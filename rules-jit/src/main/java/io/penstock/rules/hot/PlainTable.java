package io.penstock.rules.hot;

/**
 * A table walked rule by rule, as plainly as possible: the reference that faster programs are tested against, and what takes over where
 * they do not look: packets whose transport header is cut off, and those that are traced.
 *
 * <p>Threads: its worker.
 */
public final class PlainTable extends TableProgram {

    /** A program; see {@link TableProgram}. */
    public PlainTable(final TableImage image, final long counters) {
        super(image, counters);
    }

    @Override
    protected int next(final RulePacket packet, final int chain, final int from) {
        final int end = image.end(chain);
        for (int number = from; number < end; number++) {
            if (matches(packet, image.matches[number])) {
                return number;
            }
            if (packet.hotdrop) {
                return HOTDROP;
            }
        }
        return end;
    }

    @Override
    protected void took(final RulePacket packet, final int number) {
        if (packet.traced) {
            traceSlow(packet, number);
        }
    }

    private void traceSlow(final RulePacket packet, final int number) {
        final int chain = image.chains[number];
        final byte operation = image.operations[number];
        final boolean policy = number == image.end(chain) && operation != TableImage.END;
        final int what = policy ? TableImage.TRACE_POLICY
                : operation == TableImage.END || operation == TableImage.RETURN ? TableImage.TRACE_RETURN : TableImage.TRACE_RULE;
        packet.services.traceRule(packet, image.table, image.names[chain], what, number - image.starts[chain] + 1);
    }

    /** Whether all of some matches take a packet; what comes behind the first that does not is not asked. */
    static boolean matches(final RulePacket packet, final HotMatch[] matches) {
        for (final HotMatch match : matches) {
            if (!match.matches(packet)) {
                return false;
            }
        }
        return true;
    }
}
