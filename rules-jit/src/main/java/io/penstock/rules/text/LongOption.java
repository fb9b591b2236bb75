package io.penstock.rules.text;

import io.penstock.os.getopt.KnownOption;
import io.penstock.os.getopt.OptionArgument;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import java.util.List;

/**
 * A long option.
 *
 * @param name     without the dashes
 * @param argument whether an argument follows
 * @param letter   the short option that it stands for, 0 if it is an extension's
 * @param owner    the kind of extension whose it is, or null; of several uses of a kind, the last one takes it
 * @param spec     the extension's option, or null
 */
record LongOption(String name, OptionArgument argument, char letter, Kind owner, OptionSpec spec)
        implements KnownOption<LongOption> {

    /** One that stands for a short option. */
    static LongOption of(final String name, final OptionArgument argument, final char letter) {
        return new LongOption(name, argument, letter, null, null);
    }

    /** A kind's options. */
    static List<LongOption> of(final Kind kind) {
        return kind.options().stream()
                .map(spec -> new LongOption(spec.name(), spec.type() == OptionType.NONE ? OptionArgument.NONE : OptionArgument.NEEDED, '\0', kind, spec))
                .toList();
    }

    @Override
    public boolean isSameAs(final LongOption other) {
        return argument == other.argument && letter == other.letter && owner == other.owner
                && (spec == null || spec.canonical().equals(other.spec.canonical()));
    }
}
