package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A kind of target as a value: its name and, added one by one, what it demands of its place and what it can be told.
 *
 * @param name      as {@code -j} takes it
 * @param listedName as {@code -L} lists it
 * @param revision  the newest one
 * @param families  which have it
 * @param tables    where it may stand
 * @param hooks     from which hooks it may be reached
 * @param protocols of which its rule must take one
 * @param options   its options
 * @param help      its help
 * @param parsers   makes a parser
 */
record Definition(
        String name,
        String listedName,
        int revision,
        Set<IpFamily> families,
        Set<TableName> tables,
        int hooks,
        Set<Integer> protocols,
        List<OptionSpec> options,
        String help,
        Function<ParseScope, TargetParser> parsers)
        implements TargetKind {

    /** A kind that may stand everywhere. */
    static Definition of(
            final String name, final String help, final Function<ParseScope, TargetParser> parsers, final OptionSpec... options) {
        return new Definition(
                name, name, 0, Set.of(IpFamily.values()), Set.of(), 0, Set.of(), List.of(options), help, parsers);
    }

    Definition listed(final String text) {
        return new Definition(name, text, revision, families, tables, hooks, protocols, options, help, parsers);
    }

    Definition revised(final int newest) {
        return new Definition(name, listedName, newest, families, tables, hooks, protocols, options, help, parsers);
    }

    Definition only(final IpFamily family) {
        return new Definition(name, listedName, revision, Set.of(family), tables, hooks, protocols, options, help, parsers);
    }

    Definition in(final TableName... where) {
        return new Definition(name, listedName, revision, families, Set.of(where), hooks, protocols, options, help, parsers);
    }

    Definition at(final RuleHook... from) {
        return new Definition(name, listedName, revision, families, tables, RuleHook.mask(from), protocols, options, help, parsers);
    }

    Definition taking(final Integer... numbers) {
        return new Definition(name, listedName, revision, families, tables, hooks, Set.of(numbers), options, help, parsers);
    }

    @Override
    public TargetParser parser(final ParseScope scope) {
        return parsers.apply(scope);
    }

    /** Two kinds are the same when they have the same name in the same families: parsers cannot be compared. */
    @Override
    public boolean equals(final Object other) {
        return other instanceof final Definition kind && name.equals(kind.name) && families.equals(kind.families);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + families.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
