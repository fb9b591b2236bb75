package io.penstock.dataplane.ipvs.health;

import java.util.function.BooleanSupplier;

/** A text that an expression, however long it would search, can search no longer than allowed: reading fails when the time is over. */
final class TimedText implements CharSequence {

    /** Characters between two looks at the time: some microseconds. */
    private static final int LOOK_EVERY = 1 << 12;

    private final String text;
    private final BooleanSupplier late;
    private int reads;

    TimedText(final String text, final BooleanSupplier late) {
        this.text = text;
        this.late = late;
    }

    /** The time is over. */
    static final class TimeOver extends RuntimeException {

        private static final long serialVersionUID = 1;

        private TimeOver() {
            super(null, null, false, false);
        }
    }

    @Override
    public char charAt(final int index) {
        if (++reads % LOOK_EVERY == 0 && late.getAsBoolean()) {
            throw new TimeOver();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(final int start, final int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
