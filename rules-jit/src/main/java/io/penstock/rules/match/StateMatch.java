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
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotConnState;

/**
 * Looks at the state of the packet's connection: {@link ConntrackMatch}'s older name, that stays as it was given.
 *
 * @param states   {@link ConntrackState} masks, without the last two
 * @param inverted whether all other states match
 */
public record StateMatch(int states, boolean inverted) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "state",
            3,
            """
            state match options:
             [!] --state [INVALID|ESTABLISHED|NEW|RELATED|UNTRACKED][,...]
            				State(s) to match
            """,
            scope -> new Parser(),
            OptionSpec.of("state", OptionType.STRING).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, " --state");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, " state");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        return new HotConnState(states, inverted);
    }

    private void write(final StringBuilder out, final String name) {
        out.append(inverted ? " !" : "").append(name);
        ConntrackState.write(out, states);
    }

    private static final class Parser implements MatchParser {

        private int states;
        private boolean inverted;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final String list = value.text();
            int from = 0;
            int comma;
            do {
                comma = list.indexOf(',', from);
                final String item = list.substring(from, comma < 0 ? list.length() : comma);
                if (comma < 0 && item.isEmpty()) {
                    throw parameter("\"--state\" requires a list of states with no spaces, e.g. ESTABLISHED,RELATED");
                }
                final ConntrackState state = item.isEmpty() ? null : ConntrackState.find(item, true);
                if (state == null) {
                    throw parameter("Bad state \"%s\"", list.substring(from));
                }
                states |= state.bit();
                from = comma + 1;
            } while (comma >= 0);
            inverted = value.inverted();
        }

        @Override
        public Match finish() {
            return new StateMatch(states, inverted);
        }
    }
}
