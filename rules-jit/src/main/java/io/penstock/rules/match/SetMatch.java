package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotSet;
import io.penstock.rules.hot.set.SetQuery;
import io.penstock.rules.text.CNumber;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks the packet up in a set. Source: iptables-extensions(8), set, revision 4.
 *
 * @param set            the set's name
 * @param inverted       whether packets that are not in it match
 * @param sources        for each dimension, whether the packet's source is looked up, or its destination
 * @param returnNomatch  whether entries with the {@code nomatch} flag match
 * @param keepCounters   whether the entry's counters stay as they are
 * @param keepSubcounters whether those of members of a list of sets stay
 * @param packets        what the entry's packet counter must be, null for anything
 * @param bytes          what the entry's byte counter must be, null for anything
 */
public record SetMatch(
        String set,
        boolean inverted,
        List<Boolean> sources,
        boolean returnNomatch,
        boolean keepCounters,
        boolean keepSubcounters,
        Counter packets,
        Counter bytes)
        implements RunnableMatch {

    /**
     * What a counter must be.
     *
     * @param relation eq, lt or gt
     * @param inverted whether it must not
     * @param value    64 bits unsigned
     */
    public record Counter(String relation, boolean inverted, long value) {

        private void write(final StringBuilder out, final String dashes, final String what) {
            out.append(inverted ? " ! " : " ").append(dashes).append(what).append('-').append(relation).append(' ')
                    .append(Long.toUnsignedString(value));
        }

        private static int condition(final Counter counter) {
            if (counter == null) {
                return SetQuery.NO_CONDITION;
            }
            return switch (counter.relation) {
                case "lt" -> SetQuery.LESS;
                case "gt" -> SetQuery.GREATER;
                default -> counter.inverted ? SetQuery.NOT_EQUAL : SetQuery.EQUAL;
            };
        }

        private static long value(final Counter counter) {
            return counter == null ? 0 : counter.value;
        }
    }

    static final MatchKind KIND = DescribedMatchKind.of(
            "set",
            4,
            """
            set match options:
             [!] --match-set name flags [--return-nomatch]
               [! --update-counters] [! --update-subcounters]
               [[!] --packets-eq value | --packets-lt value | --packets-gt value
               [[!] --bytes-eq value | --bytes-lt value | --bytes-gt value
            		 'name' is the set name from to match,
            		 'flags' are the comma separated list of
            		 'src' and 'dst' specifications.
            """,
            Parser::new,
            option("match-set", OptionType.STRING).twoArguments(),
            option("set", OptionType.STRING).twoArguments(),
            option("return-nomatch", OptionType.NONE),
            option("update-counters", OptionType.NONE),
            option("packets-eq", OptionType.STRING),
            option("packets-lt", OptionType.STRING),
            option("packets-gt", OptionType.STRING),
            option("bytes-eq", OptionType.STRING),
            option("bytes-lt", OptionType.STRING),
            option("bytes-gt", OptionType.STRING),
            option("update-subcounters", OptionType.NONE));

    /** Bytes of a set's name, the last one being 0 ({@code IPSET_MAXNAMELEN}). */
    private static final int NAME_BYTES = 32;
    /** {@code IPSET_DIM_MAX}. */
    private static final int DIMENSIONS = 6;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, "");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        int directions = 0;
        for (int i = 0; i < sources.size(); i++) {
            directions |= sources.get(i) ? 1 << i : 0;
        }
        return new HotSet(
                scope.set(set),
                new SetQuery(sources.size(), directions, returnNomatch, !keepCounters, !keepSubcounters, Counter.condition(packets),
                        Counter.value(packets), Counter.condition(bytes), Counter.value(bytes), false, SetQuery.NO_TIMEOUT),
                inverted);
    }

    private void write(final StringBuilder out, final String dashes) {
        out.append(inverted ? " ! " : " ").append(dashes).append("match-set ").append(set);
        char separator = ' ';
        for (final boolean source : sources) {
            out.append(separator).append(source ? "src" : "dst");
            separator = ',';
        }
        if (returnNomatch) {
            out.append(' ').append(dashes).append("return-nomatch");
        }
        if (keepCounters) {
            out.append(" ! ").append(dashes).append("update-counters");
        }
        if (keepSubcounters) {
            out.append(" ! ").append(dashes).append("update-subcounters");
        }
        if (packets != null) {
            packets.write(out, dashes, "packets");
        }
        if (bytes != null) {
            bytes.write(out, dashes, "bytes");
        }
    }

    /** The tool checks by itself here what may be inverted and what may stand twice. */
    private static OptionSpec option(final String name, final OptionType type) {
        return OptionSpec.of(name, type).inverted().repeated();
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private final List<Boolean> sources = new ArrayList<>();
        private String set;
        private boolean inverted;
        private boolean returnNomatch;
        private boolean keepCounters;
        private boolean keepSubcounters;
        private Counter packets;
        private Counter bytes;

        private Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "match-set" -> matchSet(value);
                case "set" -> {
                    scope.warn("--set option deprecated, please use --match-set\n");
                    matchSet(value);
                }
                case "return-nomatch" -> {
                    if (value.inverted()) {
                        throw parameter("--return-nomatch flag cannot be inverted");
                    }
                    returnNomatch = true;
                }
                case "update-counters" -> keepCounters |= value.inverted();
                case "update-subcounters" -> keepSubcounters |= value.inverted();
                case "packets-eq", "packets-lt", "packets-gt" -> packets = counter(option, value, packets);
                default -> bytes = counter(option, value, bytes);
            }
        }

        @Override
        public void finalCheck() {
            if (set == null) {
                throw parameter("You must specify `--match-set' with proper arguments");
            }
        }

        @Override
        public Match finish() {
            return new SetMatch(
                    set, inverted, List.copyOf(sources), returnNomatch, keepCounters, keepSubcounters, packets, bytes);
        }

        private void matchSet(final OptionValue value) {
            if (!sources.isEmpty()) {
                throw parameter("--match-set can be specified only once");
            }
            if (value.more() == null || value.more().startsWith("-") || value.more().startsWith("!")) {
                throw parameter("--match-set requires two args.");
            }
            if (value.text().length() >= NAME_BYTES) {
                throw parameter("setname `%s' too long, max %d characters.", value.text(), NAME_BYTES - 1);
            }
            final int family = scope.names().setFamily(value.text());
            if (family < 0) {
                throw parameter("Set %s doesn't exist.\n", value.text());
            }
            if (family != 0 && family != scope.family().version()) {
                throw parameter("The protocol family of set %s is IPv%d, which is not applicable.\n", value.text(), family);
            }
            final String[] flags = value.more().split(",", -1);
            for (int i = 0; i < flags.length && i < DIMENSIONS; i++) {
                if (!flags[i].startsWith("src") && !flags[i].startsWith("dst")) {
                    throw parameter("You must spefify (the comma separated list of) 'src' or 'dst'.");
                }
                sources.add(flags[i].startsWith("src"));
            }
            if (flags.length > DIMENSIONS) {
                throw parameter("Can't be more src/dst options than %d.", DIMENSIONS);
            }
            set = value.text();
            inverted = value.inverted();
        }

        private static Counter counter(final OptionSpec option, final OptionValue value, final Counter before) {
            final int dash = option.name().indexOf('-');
            final String relation = option.name().substring(dash + 1);
            if (before != null) {
                throw parameter("only one of the --%s-[eq|lt|gt] is allowed", option.name().substring(0, dash));
            }
            if (value.inverted() && !relation.equals("eq")) {
                throw parameter("--%s option cannot be inverted", option.name());
            }
            final CNumber number = CNumber.whole(value.text(), 0, CNumber.UNSIGNED_64);
            if (number == null) {
                throw parameter("Cannot parse %s as a counter value", value.text());
            }
            return new Counter(relation, value.inverted(), number.value());
        }
    }
}
