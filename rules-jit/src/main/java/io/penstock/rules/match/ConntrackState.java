package io.penstock.rules.match;

/** States of connections, in the order in which they are written, with the kernel's bits ({@code XT_CONNTRACK_STATE_*}). */
public enum ConntrackState {

    /** Nothing that is tracked, though it should be. */
    INVALID(1),
    /** The first packet, or one before the first reply. */
    NEW(1 << 3),
    /** The beginning of a connection that another one announced, or an error about one. */
    RELATED(1 << 2),
    /** Of a connection that was answered. */
    ESTABLISHED(1 << 1),
    /** Not to be tracked. */
    UNTRACKED(1 << 8),
    /** Its source was changed. */
    SNAT(1 << 6),
    /** Its destination was changed. */
    DNAT(1 << 7);

    /** In the order in which an abbreviation is looked up. */
    private static final ConntrackState[] LOOKED_UP = {INVALID, NEW, ESTABLISHED, RELATED, UNTRACKED, SNAT, DNAT};

    private final int bit;

    ConntrackState(final int bit) {
        this.bit = bit;
    }

    /** Its bit in a mask. */
    public int bit() {
        return bit;
    }

    /** The state that begins so, of those but the last two if only the plain ones are meant; null if none does. */
    static ConntrackState find(final String text, final boolean plain) {
        for (final ConntrackState state : LOOKED_UP) {
            if (state.name().regionMatches(true, 0, text, 0, text.length()) && !(plain && state.ordinal() >= SNAT.ordinal())) {
                return state;
            }
        }
        return null;
    }

    /** Writes a blank and those of a mask. */
    static void write(final StringBuilder out, final int mask) {
        char separator = ' ';
        for (final ConntrackState state : values()) {
            if ((mask & state.bit) != 0) {
                out.append(separator).append(state);
                separator = ',';
            }
        }
    }
}
