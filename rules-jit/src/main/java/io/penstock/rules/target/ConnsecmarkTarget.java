package io.penstock.rules.target;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;

/**
 * CONNSECMARK: copies a security mark between packet and connection.
 *
 * @param saves whether the packet's goes to the connection
 */
public record ConnsecmarkTarget(boolean saves) implements Target {

    private static final String HELP = """
            CONNSECMARK target options:
              --save                   Copy security mark from packet to conntrack
              --restore                Copy security mark from connection to packet
            """;

    static final TargetKind KIND = Definition.of("CONNSECMARK", HELP, scope -> new Parser(),
            OptionSpec.of("save", OptionType.NONE).excluding("restore"),
            OptionSpec.of("restore", OptionType.NONE).excluding("save"))
            .in(TableName.MANGLE, TableName.SECURITY);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(saves ? " --save" : " --restore");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(saves ? " CONNSECMARK save" : " CONNSECMARK restore");
    }

    private static final class Parser extends CheckedParser {

        private ConnsecmarkTarget target;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            target = new ConnsecmarkTarget(option.name().equals("save"));
        }

        @Override
        void verify() {
            if (target == null) {
                throw ParameterProblem.parameter("CONNSECMARK target: parameter required");
            }
        }

        @Override
        Target target() {
            return target;
        }
    }
}
