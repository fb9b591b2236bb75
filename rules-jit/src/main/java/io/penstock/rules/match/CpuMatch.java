package io.penstock.rules.match;

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
import io.penstock.rules.hot.match.HotCpu;

/**
 * Looks at who handles the packet: here workers have the numbers, not processors.
 *
 * @param cpu      32 bits unsigned
 * @param inverted whether it must be another one
 */
public record CpuMatch(long cpu, boolean inverted) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "cpu",
            0,
            """
            cpu match options:
            [!] --cpu number   Match CPU number
            """,
            scope -> new Parser(),
            OptionSpec.of("cpu", OptionType.UINT32).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --cpu " : " --cpu ").append(cpu);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " cpu ! " : " cpu ").append(cpu);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return new HotCpu((int) cpu, inverted);
    }

    private static final class Parser implements MatchParser {

        private CpuMatch match = new CpuMatch(0, false);

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new CpuMatch(value.low(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
