package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotTcpmss;

/**
 * Looks at TCP's maximum segment size option.
 *
 * @param sizes    what it may be
 * @param inverted whether it must be something else, or not there
 */
public record TcpmssMatch(NumberRange sizes, boolean inverted) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "tcpmss",
            0,
            """
            tcpmss match options:
            [!] --mss value[:value]	Match TCP MSS range.
            				(only valid for TCP SYN or SYN/ACK packets)
            """,
            scope -> new Parser(),
            OptionSpec.of("mss", OptionType.UINT16_RANGE).needed().inverted())
            .of(IpProtocol.TCP);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        sizes.write(out.append(inverted ? " ! --mss " : " --mss "));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        sizes.write(out.append(inverted ? " tcpmss match !" : " tcpmss match "));
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotTcpmss((int) sizes.low(), (int) sizes.high(), inverted);
    }

    private static final class Parser implements MatchParser {

        private NumberRange sizes = new NumberRange(0, 0);
        private boolean inverted;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            sizes = NumberRange.of(value);
            if (sizes.high() < sizes.low()) {
                throw parameter("tcpmss: invalid range given");
            }
            inverted = value.inverted();
        }

        @Override
        public Match finish() {
            return new TcpmssMatch(sizes, inverted);
        }
    }
}
