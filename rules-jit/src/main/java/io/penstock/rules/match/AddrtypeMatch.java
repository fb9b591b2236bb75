package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotAddrtype;
import java.util.List;
import java.util.Locale;

/**
 * {@code -m addrtype}: what kinds of addresses the routing table finds the packet's to be.
 *
 * @param source             the source's kinds, a bit each ({@code 1 << RTN_*}); 0 for any
 * @param sourceInverted     whether all other kinds are meant
 * @param destination        the destination's kinds
 * @param destinationInverted whether all other kinds are meant
 * @param limitIn            only by routes of the device that it came in by
 * @param limitOut           only by routes of the device that it leaves by
 */
public record AddrtypeMatch(
        int source, boolean sourceInverted, int destination, boolean destinationInverted, boolean limitIn, boolean limitOut)
        implements RunnableMatch {

    private static final List<String> TYPES = List.of(
            "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW",
            "NAT", "XRESOLVE");
    private static final int BROADCAST = 1 << TYPES.indexOf("BROADCAST");
    private static final int BLACKHOLE = 1 << TYPES.indexOf("BLACKHOLE");
    private static final int PROHIBIT = 1 << TYPES.indexOf("PROHIBIT");
    private static final int NO_OUT = RuleHook.mask(RuleHook.PREROUTING, RuleHook.INPUT);
    private static final int NO_IN = RuleHook.mask(RuleHook.OUTPUT, RuleHook.POSTROUTING);

    private static final String HELP = """
            Address type match options:
             [!] --src-type type[,...]      Match source address type
             [!] --dst-type type[,...]      Match destination address type
                 --limit-iface-in           Match only on the packet's incoming device
                 --limit-iface-out          Match only on the packet's outgoing device

            Valid types:          \s
                                            UNSPEC
                                            UNICAST
                                            LOCAL
                                            BROADCAST
                                            ANYCAST
                                            MULTICAST
                                            BLACKHOLE
                                            UNREACHABLE
                                            PROHIBIT
                                            THROW
                                            NAT
                                            XRESOLVE
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "addrtype",
            1,
            HELP,
            scope -> new Parser(),
            OptionSpec.of("src-type", OptionType.STRING).inverted(),
            OptionSpec.of("dst-type", OptionType.STRING).inverted(),
            OptionSpec.of("limit-iface-in", OptionType.NONE).excluding("limit-iface-out"),
            OptionSpec.of("limit-iface-out", OptionType.NONE).excluding("limit-iface-in"));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        if (source != 0) {
            types(out.append(sourceInverted ? " ! --src-type " : " --src-type "), source);
        }
        if (destination != 0) {
            types(out.append(destinationInverted ? " ! --dst-type " : " --dst-type "), destination);
        }
        out.append(limitIn ? " --limit-iface-in" : "").append(limitOut ? " --limit-iface-out" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" ADDRTYPE match");
        if (source != 0) {
            types(out.append(sourceInverted ? " src-type !" : " src-type "), source);
        }
        if (destination != 0) {
            types(out.append(destinationInverted ? " dst-type !" : " dst-type "), destination);
        }
        out.append(limitIn ? " limit-in" : "").append(limitOut ? " limit-out" : "");
    }

    @Override
    public int check(final Place place) {
        final int types = source | destination;
        final boolean isUnknown = place.family() == IpFamily.IPV6 && ((types & (BLACKHOLE | BROADCAST)) != 0 || types >= PROHIBIT);
        return limitIn && limitOut || limitOut && (place.hooks() & NO_OUT) != 0 || limitIn && (place.hooks() & NO_IN) != 0
                || isUnknown ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotAddrtype(
                scope.place().family() == IpFamily.IPV6, source, sourceInverted, destination, destinationInverted, limitIn, limitOut);
    }

    private static void types(final StringBuilder out, final int mask) {
        String comma = "";
        for (int i = 0; i < TYPES.size(); i++) {
            if ((mask & 1 << i) != 0) {
                out.append(comma).append(TYPES.get(i));
                comma = ",";
            }
        }
    }

    private static final class Parser implements MatchParser {

        private int source;
        private int destination;
        private boolean sourceInverted;
        private boolean destinationInverted;
        private boolean limitIn;
        private boolean limitOut;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "src-type" -> {
                    source = read(value.text());
                    sourceInverted = value.inverted();
                }
                case "dst-type" -> {
                    destination = read(value.text());
                    destinationInverted = value.inverted();
                }
                case "limit-iface-in" -> limitIn = true;
                default -> limitOut = true;
            }
        }

        private static int read(final String text) {
            int mask = 0;
            int at = 0;
            for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', at)) {
                final int type = type(text.substring(at, comma));
                if (type < 0) {
                    throw ParameterProblem.parameter("addrtype: bad type `%s'", text.substring(at));
                }
                mask |= 1 << type;
                at = comma + 1;
            }
            final int type = type(text.substring(at));
            if (type < 0) {
                throw ParameterProblem.parameter("addrtype: bad type \"%s\"", text.substring(at));
            }
            return mask | 1 << type;
        }

        /** The first type whose name begins so, or -1. */
        private static int type(final String word) {
            final String begin = word.toUpperCase(Locale.ROOT);
            for (int i = 0; i < TYPES.size() && !word.isEmpty(); i++) {
                if (TYPES.get(i).startsWith(begin)) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public void finalCheck() {
            if (source == 0 && destination == 0) {
                throw ParameterProblem.parameter("addrtype: you must specify --src-type or --dst-type");
            }
        }

        @Override
        public Match finish() {
            return new AddrtypeMatch(source, sourceInverted, destination, destinationInverted, limitIn, limitOut);
        }
    }
}
