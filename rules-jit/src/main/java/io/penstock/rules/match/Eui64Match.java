package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotEui64;

/** {@code -m eui64}: an IPv6 source whose last 64 bits were made of the sender's link address (RFC 4291, appendix A). */
public record Eui64Match() implements RunnableMatch {

    /** Its kind. */
    public static final MatchKind KIND = DescribedMatchKind.of("eui64", 0, """
            eui64 does not take any options
            """, scope -> new Parser()).in(IpFamily.IPV6).at(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        // It has no options.
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        // The real tool has no text for it, and lists the bare name.
        out.append("eui64 ");
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotEui64();
    }

    /** Reads nothing. */
    private static final class Parser implements MatchParser {

        @Override
        public void option(final OptionSpec spec, final OptionValue value) {
            throw new IllegalArgumentException("option=" + spec.name() + " is not one of eui64, which has none");
        }

        @Override
        public Eui64Match finish() {
            return new Eui64Match();
        }
    }
}
