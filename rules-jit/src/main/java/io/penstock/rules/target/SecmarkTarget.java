package io.penstock.rules.target;

import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;

/**
 * SECMARK: gives the packet a security context.
 *
 * @param context the context
 */
public record SecmarkTarget(String context) implements Target {

    private static final int CONTEXT_LENGTH = 255;

    private static final String HELP = """
            SECMARK target options:
              --selctx value                     Set the SELinux security context
            """;

    static final TargetKind KIND = Definition.of("SECMARK", HELP, scope -> new Parser(),
            OptionSpec.of("selctx", OptionType.STRING).needed())
            .revised(1)
            .in(TableName.MANGLE, TableName.SECURITY);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --selctx ").append(context);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" SECMARK selctx ").append(context);
    }

    /** Without mandatory access control, as here, no context is known. */
    @Override
    public int check(final Place place) {
        return ToolText.ENOENT;
    }

    private static final class Parser implements TargetParser {

        private String context;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            context = ToolText.cut(value.text(), CONTEXT_LENGTH);
        }

        @Override
        public Target finish() {
            return new SecmarkTarget(context);
        }
    }
}
