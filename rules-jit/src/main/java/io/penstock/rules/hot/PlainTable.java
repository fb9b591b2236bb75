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
