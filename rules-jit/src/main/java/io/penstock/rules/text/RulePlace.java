package io.penstock.rules.text;

/** Where a rule stands in a file: lines and columns are counted from 1 on. Immutable. */
final class RulePlace {

    private final int line;
    private final int column;
    private final short[] parts;

    /**
     * A place.
     *
     * @param line   the line
     * @param column where the rule begins
     * @param parts  where each of its matches begins, and behind them what it does with packets; 0 for what has no place
     */
    RulePlace(final int line, final int column, final int[] parts) {
        this.line = line;
        this.column = column;
        this.parts = new short[parts.length];
        for (int i = 0; i < parts.length; i++) {
            this.parts[i] = (short) parts[i];
        }
    }

    int line() {
        return line;
    }

    /** Where one of its parts begins, or the rule itself where that is not known. */
    int column(final int part) {
        return part >= 0 && part < parts.length && parts[part] > 0 ? parts[part] : column;
    }
}
