package io.penstock.conntrack.text;

import java.util.Collection;
import java.util.List;

/** Whether an option may stand with a command. */
enum Legality {
    /** It may not. */
    ILLEGAL,
    /** It must. */
    MANDATORY,
    /** It may. */
    OPTIONAL,
    /** It may, and one of several pairs must be whole. */
    PAIRED;

    /** What pairs of options look like. */
    enum Pairs {
        /** One is whole, or none is asked for. */
        WHOLE,
        /** None is whole, and the first is begun, or none. */
        FIRST_BROKEN,
        /** None is whole, and only the second is begun. */
        SECOND_BROKEN
    }

    /**
     * An option and what it may do.
     *
     * @param name     without the dashes
     * @param isGiven  whether it stands there
     * @param legality whether it may
     * @param pair     which pair it belongs to, -1 for none
     */
    record Checked(String name, boolean isGiven, Legality legality, int pair) {
    }

    /** Checks options one after another. */
    static Pairs check(final Console console, final List<Checked> options) {
        boolean isPaired = false;
        for (final Checked option : options) {
            if (!option.isGiven() && option.legality() == MANDATORY) {
                throw console.wrong("You need to supply the `--" + option.name() + "' option for this command");
            }
            if (option.isGiven() && option.legality() == ILLEGAL) {
                throw console.wrong("Illegal option `--" + option.name() + "' with this command");
            }
            isPaired |= option.legality() == PAIRED;
        }
        if (!isPaired || isWhole(options, 0) || isWhole(options, 1)) {
            return Pairs.WHOLE;
        }
        return !isBegun(options, 0) && isBegun(options, 1) ? Pairs.SECOND_BROKEN : Pairs.FIRST_BROKEN;
    }

    private static boolean isWhole(final Collection<Checked> options, final int pair) {
        return options.stream().filter(option -> option.pair() == pair).allMatch(Checked::isGiven);
    }

    private static boolean isBegun(final Collection<Checked> options, final int pair) {
        return options.stream().anyMatch(option -> option.pair() == pair && option.isGiven());
    }
}
