package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/** How {@code -m conntrack} is read. */
final class ConntrackKind implements MatchParser {

    static final MatchKind CONNTRACK = DescribedMatchKind.of(
            "conntrack",
            3,
            """
            conntrack match options:
            [!] --ctstate {INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED|SNAT|DNAT}[,...]
                                           State(s) to match
            [!] --ctproto proto            Protocol to match; by number or name, e.g. "tcp"
            [!] --ctorigsrc address[/mask]
            [!] --ctorigdst address[/mask]
            [!] --ctreplsrc address[/mask]
            [!] --ctrepldst address[/mask]
                                           Original/Reply source/destination address
            [!] --ctorigsrcport port
            [!] --ctorigdstport port
            [!] --ctreplsrcport port
            [!] --ctrepldstport port
                                           TCP/UDP/SCTP orig./reply source/destination port
            [!] --ctstatus {NONE|EXPECTED|SEEN_REPLY|ASSURED|CONFIRMED}[,...]
                                           Status(es) to match
            [!] --ctexpire time[:time]     Match remaining lifetime in seconds against
                                           value or range of values (inclusive)
                --ctdir {ORIGINAL|REPLY}   Flow direction of packet
            """,
            scope -> new ConntrackKind(),
            OptionSpec.of("ctstate", OptionType.STRING).inverted(),
            OptionSpec.of("ctproto", OptionType.PROTOCOL).inverted(),
            OptionSpec.of("ctorigsrc", OptionType.HOST_MASK).inverted(),
            OptionSpec.of("ctorigdst", OptionType.HOST_MASK).inverted(),
            OptionSpec.of("ctreplsrc", OptionType.HOST_MASK).inverted(),
            OptionSpec.of("ctrepldst", OptionType.HOST_MASK).inverted(),
            OptionSpec.of("ctstatus", OptionType.STRING).inverted(),
            OptionSpec.of("ctexpire", OptionType.UINT32_RANGE).inverted(),
            OptionSpec.of("ctorigsrcport", OptionType.PORT_RANGE).inverted(),
            OptionSpec.of("ctorigdstport", OptionType.PORT_RANGE).inverted(),
            OptionSpec.of("ctreplsrcport", OptionType.PORT_RANGE).inverted(),
            OptionSpec.of("ctrepldstport", OptionType.PORT_RANGE).inverted(),
            OptionSpec.of("ctdir", OptionType.STRING));

    private final Map<String, Given<MaskedAddress>> addresses = new HashMap<>();
    private final Map<String, Given<NumberRange>> ranges = new HashMap<>();
    private Given<Integer> states;
    private Given<Integer> protocol;
    private Given<Integer> status;
    private Boolean reply;
    private boolean any;

    private ConntrackKind() {
    }

    @Override
    public void option(final OptionSpec option, final OptionValue value) {
        any = true;
        final boolean inverted = value.inverted();
        switch (option.name()) {
            case "ctstate" -> states = new Given<>(states(value.text()), inverted);
            case "ctproto" -> protocol = new Given<>(protocol(value), inverted);
            case "ctstatus" -> status = new Given<>(mask(value.text(), "ctstatus", item -> {
                final ConntrackStatus found = ConntrackStatus.find(item);
                return found == null ? -1 : found.bit();
            }), inverted);
            case "ctdir" -> reply = isReply(value.text());
            default -> {
                if (option.type() == OptionType.HOST_MASK) {
                    addresses.put(option.name(), new Given<>(MaskedAddress.of(value), inverted));
                } else {
                    ranges.put(option.name(), new Given<>(NumberRange.of(value), inverted));
                }
            }
        }
    }

    @Override
    public void finalCheck() {
        if (!any) {
            throw parameter("conntrack: At least one option is required");
        }
    }

    @Override
    public Match finish() {
        return new ConntrackMatch(
                states,
                protocol,
                addresses.get("ctorigsrc"),
                addresses.get("ctorigdst"),
                addresses.get("ctreplsrc"),
                addresses.get("ctrepldst"),
                ranges.get("ctorigsrcport"),
                ranges.get("ctorigdstport"),
                ranges.get("ctreplsrcport"),
                ranges.get("ctrepldstport"),
                status,
                ranges.get("ctexpire"),
                reply);
    }

    private static int states(final String text) {
        return mask(text, "ctstate", item -> {
            final ConntrackState state = ConntrackState.find(item, false);
            return state == null ? -1 : state.bit();
        });
    }

    private int protocol(final OptionValue value) {
        // The real tool looks at the bit of another option's inversion here.
        if (value.low() == 0 && status != null && status.inverted()) {
            throw parameter("conntrack: rule would never match protocol");
        }
        return (int) value.low();
    }

    private static boolean isReply(final String text) {
        if (text.equalsIgnoreCase("ORIGINAL")) {
            return false;
        }
        if (text.equalsIgnoreCase("REPLY")) {
            return true;
        }
        throw parameter("conntrack: Bad value for \"--ctdir\" option: \"%s\"", text);
    }

    /** The mask of a list; of an item that is none, the message has the rest of the list. */
    private static int mask(final String list, final String what, final ToIntFunction<String> bits) {
        int mask = 0;
        int from = 0;
        while (true) {
            final int comma = list.indexOf(',', from);
            final String item = list.substring(from, comma < 0 ? list.length() : comma);
            final int bit = item.isEmpty() ? -1 : bits.applyAsInt(item);
            if (bit < 0) {
                throw parameter("Bad %s \"%s\"", what, list.substring(from));
            }
            mask |= bit;
            if (comma < 0) {
                return mask;
            }
            from = comma + 1;
        }
    }
}
