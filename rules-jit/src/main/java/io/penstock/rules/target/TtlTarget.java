package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotHopLimit;
import io.penstock.rules.hot.target.HotTtl;

/**
 * TTL: changes IPv4's time to live; HL: IPv6's hop limit.
 *
 * @param family of which family
 * @param change how
 * @param value  the new value, or by how much
 */
public record TtlTarget(IpFamily family, Change change, int value) implements RunnableTarget {

    private static final int MAX = 0xFF;

    /** How it is changed. */
    public enum Change {
        /** To a value. */
        SET("set", "set to"),
        /** Down, not below 0. */
        DECREMENT("dec", "decrement by"),
        /** Up, not above 255. */
        INCREMENT("inc", "increment by");

        private final String option;
        private final String text;

        Change(final String option, final String text) {
            this.option = option;
            this.text = text;
        }
    }

    private static final String TTL_HELP = """
            TTL target options
              --ttl-set value\t\tSet TTL to <value 0-255>
              --ttl-dec value\t\tDecrement TTL by <value 1-255>
              --ttl-inc value\t\tIncrement TTL by <value 1-255>
            """;

    private static final String HL_HELP = """
            HL target options
              --hl-set value\t\tSet HL to <value 0-255>
              --hl-dec value\t\tDecrement HL by <value 1-255>
              --hl-inc value\t\tIncrement HL by <value 1-255>
            """;

    static final TargetKind TTL = kind(IpFamily.IPV4, TTL_HELP);
    static final TargetKind HL = kind(IpFamily.IPV6, HL_HELP);

    private static TargetKind kind(final IpFamily family, final String help) {
        final String[] names = new String[Change.values().length];
        for (final Change change : Change.values()) {
            names[change.ordinal()] = optionName(family, change);
        }
        final OptionSpec[] options = new OptionSpec[names.length];
        for (int i = 0; i < names.length; i++) {
            options[i] = OptionSpec.of(names[i], OptionType.UINT8).excluding(names);
            if (i != Change.SET.ordinal()) {
                options[i] = options[i].between(1, MAX);
            }
        }
        return Definition.of(name(family), help, Parser::new, options).only(family).in(TableName.MANGLE);
    }

    private static String name(final IpFamily family) {
        return family == IpFamily.IPV4 ? "TTL" : "HL";
    }

    private static String optionName(final IpFamily family, final Change change) {
        return (family == IpFamily.IPV4 ? "ttl-" : "hl-") + change.option;
    }

    @Override
    public TargetKind kind() {
        return family == IpFamily.IPV4 ? TTL : HL;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --").append(optionName(family, change)).append(' ').append(value);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(' ').append(name(family)).append(' ').append(change.text).append(' ').append(value);
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        // Adding to what is kept: nothing of it to set, all of it to go up or down.
        final boolean keeps = change != Change.SET;
        final int difference = change == Change.DECREMENT ? -value : value;
        return family == IpFamily.IPV4 ? new HotTtl(keeps, difference) : new HotHopLimit(keeps, difference);
    }

    private static final class Parser extends CheckedParser {

        private final ParseScope scope;
        private TtlTarget target;

        Parser(final ParseScope scope) {
            this.scope = scope;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            for (final Change change : Change.values()) {
                if (option.name().equals(optionName(scope.family(), change))) {
                    target = new TtlTarget(scope.family(), change, (int) value.low());
                }
            }
        }

        @Override
        void verify() {
            if (target == null) {
                throw ParameterProblem.parameter("%s: You must specify an action", name(scope.family()));
            }
        }

        @Override
        Target target() {
            return target;
        }
    }
}
