package io.penstock.rules.hot.match;

/** Whether a number lies in a range. */
final class Ranges {

    private Ranges() {
    }

    static boolean holds(final int number, final int low, final int high) {
        return number >= low && number <= high;
    }

    static boolean holds(final long number, final long low, final long high) {
        return number >= low && number <= high;
    }
}
