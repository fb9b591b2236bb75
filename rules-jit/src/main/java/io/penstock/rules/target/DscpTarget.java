package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
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
import io.penstock.rules.hot.target.HotTos;

/**
 * DSCP: sets the differentiated services code point (RFC 2474).
 *
 * @param dscp the code point
 */
public record DscpTarget(int dscp) implements RunnableTarget {

    private static final int MAX = 0x3F;
    /** The code point's bits in the type of service. */
    private static final int TOS_BITS = 0xFC;

    private static final OptionSpec CLASS = OptionSpec.of("set-dscp-class", OptionType.STRING).excluding("set-dscp");

    private static final String HELP = """
            DSCP target options
              --set-dscp value\t\tSet DSCP field in packet header to value
              \t\t                This value can be in decimal (ex: 32)
                           \t\tor in hex (ex: 0x20)
              --set-dscp-class class\tSet the DSCP field in packet header to the
            \t\t\t\tvalue represented by the DiffServ class value.
            \t\t\t\tThis class may be EF,BE or any of the CSxx
            \t\t\t\tor AFxx classes.

            \t\t\t\tThese two options are mutually exclusive !
            """;

    static final TargetKind KIND = Definition.of("DSCP", HELP, Parser::new,
            OptionSpec.of("set-dscp", OptionType.UINT8).between(0, MAX).excluding(CLASS.name()),
            CLASS)
            .in(TableName.MANGLE);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --set-dscp ").append(ToolText.hex2(dscp));
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" DSCP set ").append(ToolText.hex2(dscp));
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotTos(dscp << 2, TOS_BITS);
    }

    private static final class Parser extends CheckedParser {

        private static final int NONE = -1;

        private int dscp = NONE;

        Parser(final ParseScope scope) {
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            dscp = option.name().equals(CLASS.name()) ? codePoint(value.text()) : (int) value.low();
        }

        /** A class's code point; what follows the name of a class is not looked at. */
        private static int codePoint(final String text) {
            final String name = text.toUpperCase(java.util.Locale.ROOT);
            if (name.startsWith("BE")) {
                return 0;
            }
            if (name.startsWith("EF")) {
                return 0x2E;
            }
            if (name.matches("CS[0-7].*")) {
                return name.charAt(2) - '0' << 3;
            }
            if (name.matches("AF[1-4][1-3].*")) {
                return name.charAt(2) - '0' << 3 | name.charAt(3) - '0' << 1;
            }
            throw ParameterProblem.parameter("Invalid DSCP value `%s'", text);
        }

        @Override
        void verify() {
            if (dscp == NONE) {
                throw ParameterProblem.parameter("DSCP target: Parameter --set-dscp is required");
            }
        }

        @Override
        Target target() {
            return new DscpTarget(dscp);
        }
    }
}
