package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.match.HotPkttype;
import java.util.List;

/**
 * {@code -m pkttype}: how it was addressed on the link.
 *
 * @param type     one of {@link RulePacket#packetType}
 * @param inverted whether it must be another one
 */
public record PkttypeMatch(int type, boolean inverted) implements RunnableMatch {

    private record Name(String text, int type) {
    }

    /** The first name of a type is the one that is written. */
    private static final List<Name> NAMES = List.of(
            new Name("unicast", RulePacket.HOST),
            new Name("broadcast", RulePacket.BROADCAST),
            new Name("multicast", RulePacket.MULTICAST),
            new Name("otherhost", RulePacket.OTHERHOST),
            new Name("bcast", RulePacket.BROADCAST),
            new Name("mcast", RulePacket.MULTICAST),
            new Name("host", RulePacket.HOST));

    private static final String HELP = """
            pkttype match options:
            [!] --pkt-type packettype    match packet type
            Valid packet types:
            \tunicast       \t\tto us
            \tbroadcast     \t\tto all
            \tmulticast     \t\tto group
            \totherhost     \t\tto someone else

            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "pkttype", 0, HELP, scope -> new Parser(), OptionSpec.of("pkt-type", OptionType.STRING).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --pkt-type " : " --pkt-type ").append(name());
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " PKTTYPE != " : " PKTTYPE = ").append(name());
    }

    private String name() {
        for (final Name name : NAMES) {
            if (name.type == type) {
                return name.text;
            }
        }
        return Integer.toString(type);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotPkttype(scope.place().family() == IpFamily.IPV6, type, inverted);
    }

    private static final class Parser implements MatchParser {

        private PkttypeMatch match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            for (final Name name : NAMES) {
                if (name.text.equalsIgnoreCase(value.text())) {
                    match = new PkttypeMatch(name.type, value.inverted());
                    return;
                }
            }
            throw ParameterProblem.parameter("Bad packet type '%s'", value.text());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
