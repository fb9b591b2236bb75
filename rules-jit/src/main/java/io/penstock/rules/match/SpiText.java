package io.penstock.rules.match;

import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;

/** The text of a range of security parameter indexes. */
final class SpiText {

    private SpiText() {
    }

    /** An option that takes a range. */
    static OptionSpec spec(final String name) {
        return OptionSpec.of(name, OptionType.UINT32_RANGE).inverted();
    }

    /** A range as it is saved; nothing for all, even when that is inverted. */
    static void save(final StringBuilder out, final boolean inverted, final String name, final long low, final long high) {
        if (!HeaderText.isAny32(low, high)) {
            HeaderText.range(out, inverted, name, low, high);
        }
    }

    /** A range as it is listed, behind what stands before it; nothing for all. */
    static void list(final StringBuilder out, final boolean inverted, final String before, final long low, final long high) {
        if (!HeaderText.isAny32(low, high) || inverted) {
            HeaderText.listRange(out, inverted, before, low, high);
        }
    }
}
