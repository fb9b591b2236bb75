package io.penstock.rules.target;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import java.util.Locale;

/**
 * AUDIT: writes an audit record.
 *
 * @param type what the record says becomes of the packet: accept, drop or reject
 */
public record AuditTarget(String type) implements Target {

    private static final String HELP = """
            AUDIT target options
              --type TYPE\t\tAction type to be recorded.
            """;

    static final TargetKind KIND = Definition.of("AUDIT", HELP, scope -> new Parser(),
            OptionSpec.of("type", OptionType.STRING).needed());

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --type ").append(type);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" AUDIT ").append(type);
    }

    private static final class Parser implements TargetParser {

        private String type;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            type = value.text().toLowerCase(Locale.ROOT);
            if (!type.equals("accept") && !type.equals("drop") && !type.equals("reject")) {
                throw ParameterProblem.parameter("Bad action type value \"%s\"", value.text());
            }
        }

        @Override
        public Target finish() {
            return new AuditTarget(type);
        }
    }
}
