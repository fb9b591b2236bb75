package io.penstock.conntrack.text;

import io.penstock.os.getopt.KnownOption;
import io.penstock.os.getopt.OptionArgument;

/**
 * A long option.
 *
 * @param name     without the dashes
 * @param argument whether an argument follows
 * @param code     what stands for it: a short option's letter, or a protocol's option
 */
record LongOption(String name, OptionArgument argument, int code) implements KnownOption<LongOption> {

    @Override
    public boolean isSameAs(final LongOption other) {
        return argument == other.argument && code == other.code;
    }
}
