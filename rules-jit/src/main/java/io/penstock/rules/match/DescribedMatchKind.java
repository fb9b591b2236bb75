package io.penstock.rules.match;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A kind of match that is said in data. */
record DescribedMatchKind(
        String name,
        int revision,
        Set<IpFamily> families,
        Set<TableName> tables,
        int hooks,
        Set<Integer> protocols,
        List<OptionSpec> options,
        String help,
        Function<ParseScope, MatchParser> parsers)
        implements MatchKind {

    /** A kind of both families that may stand everywhere. */
    static DescribedMatchKind of(
            final String name,
            final int revision,
            final String help,
            final Function<ParseScope, MatchParser> parsers,
            final OptionSpec... options) {
        return new DescribedMatchKind(
                name, revision, Set.of(IpFamily.values()), Set.of(), 0, Set.of(), List.of(options), help, parsers);
    }

    /** The same for one family. */
    DescribedMatchKind in(final IpFamily family) {
        return new DescribedMatchKind(name, revision, Set.of(family), tables, hooks, protocols, options, help, parsers);
    }

    /** The same in some tables. */
    DescribedMatchKind in(final TableName... some) {
        return new DescribedMatchKind(name, revision, families, Set.of(some), hooks, protocols, options, help, parsers);
    }

    /** The same at some hooks. */
    DescribedMatchKind at(final RuleHook... some) {
        return new DescribedMatchKind(
                name, revision, families, tables, RuleHook.mask(some), protocols, options, help, parsers);
    }

    /** The same for rules of one protocol. */
    DescribedMatchKind of(final int protocol) {
        return new DescribedMatchKind(name, revision, families, tables, hooks, Set.of(protocol), options, help, parsers);
    }

    @Override
    public MatchParser parser(final ParseScope scope) {
        return parsers.apply(scope);
    }
}
