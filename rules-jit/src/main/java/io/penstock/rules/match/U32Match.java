package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.bytecode.UnitCompiler;
import io.penstock.rules.hot.HotMatch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Looks at words of 32 bits in the packet. Source: iptables-extensions(8), u32.
 *
 * @param tests    all of which must hold
 * @param inverted whether one must not
 */
public record U32Match(List<U32Test> tests, boolean inverted) implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "u32",
            0,
            """
            u32 match options:
            [!] --u32 tests
            		tests := location "=" value | tests "&&" location "=" value
            		value := range | value "," range
            		range := number | number ":" number
            		location := number | location operator number
            		operator := "&" | "<<" | ">>" | "@"
            """,
            scope -> new Parser(),
            OptionSpec.of("u32", OptionType.STRING).needed().inverted());

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --u32" : " --u32");
        tests(out);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " u32 !" : " u32");
        tests(out);
    }

    @Override
    public int check(final Place place) {
        return tests.stream().allMatch(U32Test::isDefined) ? Kind.FINE : Errno.EINVAL;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return UnitCompiler.compileU32(program(), inverted);
    }

    /** As {@link io.penstock.rules.hot.match.HotU32} takes it. */
    int[] program() {
        final IntStream.Builder program = IntStream.builder();
        for (final U32Test test : tests) {
            program.add(test.steps().size()).add(test.values().size());
            for (final U32Test.Step step : test.steps()) {
                if (step.operator() != null) {
                    program.add(step.operator().code());
                }
                program.add((int) step.number());
            }
            for (final NumberRange range : test.values()) {
                program.add((int) range.low()).add((int) range.high());
            }
        }
        return program.build().toArray();
    }

    private void tests(final StringBuilder out) {
        String separator = " \"";
        for (final U32Test test : tests) {
            test.write(out.append(separator));
            separator = "&&";
        }
        out.append('"');
    }

    private static final class Parser implements MatchParser {

        private U32Match match = new U32Match(List.of(), false);

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            match = new U32Match(new U32Parser(value.text()).tests(), value.inverted());
        }

        @Override
        public Match finish() {
            return match;
        }
    }
}
