package io.penstock.rules.api;

import java.util.Set;

/**
 * An option of a match or target.
 *
 * @param name       without the dashes
 * @param type       what its argument is
 * @param arguments  how many words follow: that of the type, or two where the second is free text
 * @param invertible whether {@code !} may stand before it
 * @param mandatory  whether a rule without it is refused
 * @param repeatable whether it may stand twice
 * @param excludes   names of options that may not stand beside it
 * @param requires   names of options that must stand beside it
 * @param min        the least value or length; 0 with {@code max} 0 for the type's own
 * @param max        the largest value or length
 * @param aliasOf    the option of which this is a second name, null for one of its own: given under either name it counts, is read and is
 *                   handed over as that one
 */
public record OptionSpec(
        String name,
        OptionType type,
        int arguments,
        boolean invertible,
        boolean mandatory,
        boolean repeatable,
        Set<String> excludes,
        Set<String> requires,
        long min,
        long max,
        String aliasOf) {

    /** An option that may stand once and not be inverted. */
    public static OptionSpec of(final String name, final OptionType type) {
        return new OptionSpec(name, type, type == OptionType.NONE ? 0 : 1, false, false, false, Set.of(), Set.of(), 0, 0, null);
    }

    /** The same with two words behind it. */
    public OptionSpec twoArguments() {
        return new OptionSpec(name, type, 2, invertible, mandatory, repeatable, excludes, requires, min, max, aliasOf);
    }

    /** The same, invertible. */
    public OptionSpec inverted() {
        return new OptionSpec(name, type, arguments, true, mandatory, repeatable, excludes, requires, min, max, aliasOf);
    }

    /** The same, mandatory. */
    public OptionSpec needed() {
        return new OptionSpec(name, type, arguments, invertible, true, repeatable, excludes, requires, min, max, aliasOf);
    }

    /** The same, repeatable. */
    public OptionSpec repeated() {
        return new OptionSpec(name, type, arguments, invertible, mandatory, true, excludes, requires, min, max, aliasOf);
    }

    /** The same, excluding others. */
    public OptionSpec excluding(final String... names) {
        return new OptionSpec(name, type, arguments, invertible, mandatory, repeatable, Set.of(names), requires, min, max, aliasOf);
    }

    /** The same, requiring others. */
    public OptionSpec requiring(final String... names) {
        return new OptionSpec(name, type, arguments, invertible, mandatory, repeatable, excludes, Set.of(names), min, max, aliasOf);
    }

    /** The same with limits. */
    public OptionSpec between(final long least, final long most) {
        return new OptionSpec(name, type, arguments, invertible, mandatory, repeatable, excludes, requires, least, most, aliasOf);
    }

    /** A second name of an option, which is of the same list. */
    public static OptionSpec alias(final String name, final OptionSpec option) {
        return new OptionSpec(name, option.type, option.arguments, option.invertible, option.mandatory, option.repeatable, option.excludes,
                option.requires, option.min, option.max, option.name);
    }

    /** The name under which it counts. */
    public String canonical() {
        return aliasOf == null ? name : aliasOf;
    }
}
