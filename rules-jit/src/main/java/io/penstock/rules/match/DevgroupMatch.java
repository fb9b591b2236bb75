package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import java.nio.file.Path;

/**
 * Looks at the groups of the devices that the packet came in by and leaves by; what is null is not looked at.
 *
 * @param source of the one that it came in by
 * @param target of the one that it leaves by
 */
public record DevgroupMatch(Given<MaskedNumber> source, Given<MaskedNumber> target) implements Match {

    static final MatchKind KIND = DescribedMatchKind.of(
            "devgroup",
            0,
            """
            devgroup match options:
            [!] --src-group value[/mask]	Match device group of incoming device
            [!] --dst-group value[/mask]	Match device group of outgoing device
            """,
            scope -> new Parser(),
            OptionSpec.of("src-group", OptionType.STRING).inverted(),
            OptionSpec.of("dst-group", OptionType.STRING).inverted());

    private static final int WITH_SOURCE = RuleHook.mask(RuleHook.PREROUTING, RuleHook.INPUT, RuleHook.FORWARD);
    private static final int WITH_TARGET = RuleHook.mask(RuleHook.FORWARD, RuleHook.OUTPUT, RuleHook.POSTROUTING);

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, source, " --src-group", true);
        write(out, target, " --dst-group", true);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, source, " src-group", !scope.isNumeric());
        write(out, target, " dst-group", !scope.isNumeric());
    }

    @Override
    public int check(final Place place) {
        final boolean isWrong = source != null && (place.hooks() & ~WITH_SOURCE) != 0
                || target != null && (place.hooks() & ~WITH_TARGET) != 0;
        return isWrong ? Errno.EINVAL : Kind.FINE;
    }

    private static void write(
            final StringBuilder out, final Given<MaskedNumber> group, final String option, final boolean byName) {
        if (group != null) {
            group.mark(out);
            Names.GROUPS.write(out.append(option), group.value(), byName);
        }
    }

    /** Read when they are first needed. */
    private static final class Names {

        private static final NumberNames GROUPS = NumberNames.read(Path.of("/etc/iproute2/group"));
    }

    private static final class Parser implements MatchParser {

        private Given<MaskedNumber> source;
        private Given<MaskedNumber> target;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            final Given<MaskedNumber> group =
                    new Given<>(Names.GROUPS.number("devgroup", option.name(), value), value.inverted());
            if (option.name().equals("src-group")) {
                source = group;
            } else {
                target = group;
            }
        }

        @Override
        public void finalCheck() {
            if (source == null && target == null) {
                throw parameter("devgroup match: You must specify either '--src-group' or '--dst-group'");
            }
        }

        @Override
        public Match finish() {
            return new DevgroupMatch(source, target);
        }
    }
}
