package samples;

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
import java.util.List;

/**
 * {@code -m flowshare}: a share of all flows, always the same ones; {@code -m statistic} takes a share of the packets.
 *
 * @param percent  of the flows
 * @param inverted whether the others are meant
 */
public record FlowShare(int percent, boolean inverted) implements RunnableMatch {

    private static final MatchKind KIND = new Kind();

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --percent " : " --percent ").append(percent);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " flowshare !" : " flowshare ").append(percent).append('%');
    }

    /** Called once for a rule that goes into force; what it returns is asked for packets, by every worker, and allocates nothing. */
    @Override
    public HotMatch bind(final BindScope scope) {
        final int least = percent;
        final boolean others = inverted;
        return packet -> FlowHash.of(packet) % 100 < least != others;
    }

    /** What is found by its name in META-INF/services. */
    public static final class Kind implements MatchKind {

        @Override
        public String name() {
            return "flowshare";
        }

        @Override
        public List<OptionSpec> options() {
            return List.of(OptionSpec.of("percent", OptionType.UINT8).between(0, 100).needed().inverted());
        }

        @Override
        public String help() {
            return """
                    flowshare match options:
                    [!] --percent number    Match so many of a hundred flows
                    """;
        }

        @Override
        public MatchParser parser(final ParseScope scope) {
            return new Parser();
        }
    }

    private static final class Parser implements MatchParser {

        private FlowShare match;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new FlowShare((int) value.low(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
