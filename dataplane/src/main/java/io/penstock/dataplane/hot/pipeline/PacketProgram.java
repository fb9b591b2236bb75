package io.penstock.dataplane.hot.pipeline;

/**
 * The way of packets through one set of hook functions: generated for each, immutable once published.
 *
 * <p>Invariants:
 * <ol>
 *   <li>{@link #run} judges the batch's packets in order of arrival, each to its outcome before the next one starts.</li>
 *   <li>Work is done for the whole batch in stages only where no registered function could write what it reads.</li>
 *   <li>A list without functions leaves no trace in the generated code.</li>
 * </ol>
 *
 * <p>The worker's loop calls it through this class, once a batch: a megamorphic call by design, so that publishing a new
 * program never deoptimizes the loop.
 */
public abstract class PacketProgram {

    private static final int[] NO_PRIORITIES = {};
    private static final long[] NO_SEQUENCES = {};

    private final int[][] priorities = new int[HookList.count()][];
    private final long[][] sequences = new long[HookList.count()][];
    private final int[] sentFrom = new int[HookList.count()];

    /**
     * A program.
     *
     * @param priorities by list and position, ascending
     * @param sequences  by list and position, the order of registration that breaks ties
     */
    protected PacketProgram(final int[][] priorities, final long[][] sequences) {
        for (int i = 0; i < HookList.count(); i++) {
            this.priorities[i] = i < priorities.length ? priorities[i] : NO_PRIORITIES;
            this.sequences[i] = i < sequences.length ? sequences[i] : NO_SEQUENCES;
        }
    }

    /** Judges a batch of received packets. */
    public abstract void run(Lane lane, Batch batch);

    /** Judges a batch of packets that this host sends. */
    public abstract void output(Lane lane, Batch batch);

    /** Takes one packet up again at a position of a list; a position past the last function means that all accepted. */
    public abstract void resume(Lane lane, Batch batch, int slot, int list, int position);

    /** Says how many functions at a list's beginning let pass what virtual services send on. Before it is published. */
    public final void sentFrom(final int list, final int position) {
        sentFrom[list] = position;
    }

    /** The position at which what virtual services send on enters a list. */
    final int sentFrom(final int list) {
        return sentFrom[list];
    }

    /** How many functions a list has. */
    public final int functions(final int list) {
        return priorities[list].length;
    }

    /** The position of the first function whose priority is at least the threshold. */
    public final int positionAtLeast(final int list, final int threshold) {
        final int[] all = priorities[list];
        int position = 0;
        while (position < all.length && all[position] < threshold) {
            position++;
        }
        return position;
    }

    /** The priority of the function at a position. */
    final int priority(final int list, final int position) {
        return priorities[list][position];
    }

    /** The registration number of the function at a position. */
    final long sequence(final int list, final int position) {
        return sequences[list][position];
    }

    /**
     * The position of the function with the given priority and registration number, or where it would be: functions may
     * have come and gone while the packet was away.
     *
     * @param after true for the first position behind it
     */
    final int positionOf(final int list, final int priority, final long sequence, final boolean after) {
        final int[] all = priorities[list];
        final long[] numbers = sequences[list];
        int position = 0;
        while (position < all.length && (all[position] < priority
                || all[position] == priority && (after ? numbers[position] <= sequence : numbers[position] < sequence))) {
            position++;
        }
        return position;
    }
}
