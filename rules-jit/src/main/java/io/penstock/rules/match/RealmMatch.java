package io.penstock.rules.match;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;
import java.nio.file.Path;

/**
 * Looks at the realm of the packet's route.
 *
 * @param realm    what it must be
 * @param inverted whether it must be another one
 */
public record RealmMatch(MaskedNumber realm, boolean inverted) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "realm",
            0,
            """
            realm match options:
            [!] --realm value[/mask]
            				Match realm
            """,
            scope -> new Parser(),
            OptionSpec.of("realm", OptionType.STRING).needed().inverted())
            .in(IpFamily.IPV4)
            .at(RuleHook.INPUT, RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        Names.REALMS.write(out.append(inverted ? " ! --realm" : " --realm"), realm, true);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        Names.REALMS.write(out.append(inverted ? " ! realm" : " realm"), realm, !scope.isNumeric());
    }

    /** Read when they are first needed. */
    private static final class Names {

        private static final NumberNames REALMS = NumberNames.read(Path.of("/etc/iproute2/rt_realms"));
    }

    private static final class Parser implements MatchParser {

        private RealmMatch match = new RealmMatch(new MaskedNumber(0, 0), false);

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new RealmMatch(Names.REALMS.number("realm", option.name(), value), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
