package io.penstock.rules.match;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;

/**
 * Whether there is a socket for the packet.
 *
 * @param transparent whether it must be a transparent one
 * @param noWildcard  whether sockets that listen to any address count
 * @param restoreMark whether the packet takes the socket's mark
 */
public record SocketMatch(boolean transparent, boolean noWildcard, boolean restoreMark) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "socket",
            3,
            """
            socket match options:
              --nowildcard     Do not ignore LISTEN sockets bound on INADDR_ANY
              --transparent    Ignore non-transparent sockets
              --restore-skmark Set the packet mark to the socket mark if
                               the socket matches and transparent /\s
                               nowildcard conditions are satisfied

            """,
            scope -> new Parser(),
            OptionSpec.of("transparent", OptionType.NONE),
            OptionSpec.of("nowildcard", OptionType.NONE),
            OptionSpec.of("restore-skmark", OptionType.NONE))
            .at(RuleHook.PREROUTING, RuleHook.INPUT);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(transparent ? " --transparent" : "");
        out.append(noWildcard ? " --nowildcard" : "");
        out.append(restoreMark ? " --restore-skmark" : "");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        save(out.append(" socket"));
    }

    private static final class Parser implements MatchParser {

        private boolean transparent;
        private boolean noWildcard;
        private boolean restoreMark;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "transparent" -> transparent = true;
                case "nowildcard" -> noWildcard = true;
                default -> restoreMark = true;
            }
        }

        @Override
        public Match finish() {
            return new SocketMatch(transparent, noWildcard, restoreMark);
        }
    }
}
