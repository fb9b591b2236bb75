package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

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
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotAlways;
import io.penstock.rules.hot.match.HotNever;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Looks at the bridge ports that the packet came in by and leaves by; what is null is not looked at.
 *
 * <p>Nothing is bridged here, so no packet has such ports: what is asked of them is true only where it is inverted. Source: net/netfilter/xt_physdev.c,
 * {@code physdev_mt}, of a packet without bridge information.
 *
 * @param in      the port's name, a {@code +} at its end standing for anything
 * @param out     likewise
 * @param isIn    whether it came in by a port
 * @param isOut   whether it leaves by one
 * @param bridged whether it is bridged, not routed
 */
public record PhysdevMatch(
        Given<String> in, Given<String> out, Given<Boolean> isIn, Given<Boolean> isOut, Given<Boolean> bridged)
        implements RunnableMatch {

    static final MatchKind KIND = DescribedMatchKind.of(
            "physdev",
            0,
            """
            physdev match options:
             [!] --physdev-in inputname[+]		bridge port name ([+] for wildcard)
             [!] --physdev-out outputname[+]	bridge port name ([+] for wildcard)
             [!] --physdev-is-in			arrived on a bridge device
             [!] --physdev-is-out			will leave on a bridge device
             [!] --physdev-is-bridged		it's a bridged packet
            """,
            Parser::new,
            OptionSpec.of("physdev-in", OptionType.STRING).inverted(),
            OptionSpec.of("physdev-out", OptionType.STRING).inverted(),
            OptionSpec.of("physdev-is-in", OptionType.NONE).inverted(),
            OptionSpec.of("physdev-is-out", OptionType.NONE).inverted(),
            OptionSpec.of("physdev-is-bridged", OptionType.NONE).inverted());

    /** Bytes of a device's name, the last one being 0 ({@code IFNAMSIZ}). */
    private static final int NAME_BYTES = 16;

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder text) {
        flag(text, isIn, " --physdev-is-in");
        name(text, in, " --physdev-in ");
        flag(text, isOut, " --physdev-is-out");
        name(text, out, " --physdev-out ");
        flag(text, bridged, " --physdev-is-bridged");
    }

    @Override
    public void list(final StringBuilder text, final ListScope scope) {
        save(text.append(" PHYSDEV match"));
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final boolean isTrue = Stream.of(in, out, isIn, isOut, bridged).filter(Objects::nonNull).allMatch(Given::inverted);
        return isTrue ? HotAlways.INSTANCE : HotNever.INSTANCE;
    }

    @Override
    public int check(final Place place) {
        // A packet that this host sends has no port yet when it is routed.
        final boolean asksForOut = out != null || isOut != null;
        final boolean mayBeRouted = bridged == null || bridged.inverted();
        return asksForOut && mayBeRouted && (place.hooks() & RuleHook.OUTPUT.bit()) != 0 ? Errno.EINVAL : Kind.FINE;
    }

    private static void flag(final StringBuilder text, final Given<Boolean> test, final String option) {
        if (test != null) {
            test.mark(text);
            text.append(option);
        }
    }

    private static void name(final StringBuilder text, final Given<String> test, final String option) {
        if (test != null) {
            test.mark(text);
            text.append(option).append(test.value());
        }
    }

    private static final class Parser implements MatchParser {

        private final ParseScope scope;
        private Given<String> in;
        private Given<String> out;
        private Given<Boolean> isIn;
        private Given<Boolean> isOut;
        private Given<Boolean> bridged;

        private Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "physdev-in" -> in = new Given<>(device(value.text()), value.inverted());
                case "physdev-out" -> out = new Given<>(device(value.text()), value.inverted());
                case "physdev-is-in" -> isIn = new Given<>(true, value.inverted());
                case "physdev-is-out" -> isOut = new Given<>(true, value.inverted());
                default -> bridged = new Given<>(true, value.inverted());
            }
        }

        @Override
        public void finalCheck() {
            if (in == null && out == null && isIn == null && isOut == null && bridged == null) {
                throw parameter("PHYSDEV: no physdev option specified");
            }
        }

        @Override
        public Match finish() {
            return new PhysdevMatch(in, out, isIn, isOut, bridged);
        }

        private String device(final String name) {
            if (name.length() >= NAME_BYTES) {
                throw parameter("interface name `%s' must be shorter than IFNAMSIZ (%d)", name, NAME_BYTES - 1);
            }
            if (name.indexOf('/') >= 0 || name.indexOf(' ') >= 0) {
                scope.warn("Warning: weird character in interface `" + name
                        + "' ('/' and ' ' are not allowed by the kernel).\n");
            }
            return name;
        }
    }
}
