package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotChecksum;

/** CHECKSUM: completes a checksum that the sender has left to its network card. */
public record ChecksumTarget() implements RunnableTarget {

    private static final String HELP = """
            CHECKSUM target options
              --checksum-fill\t\t\tFill in packet checksum.
            """;

    static final TargetKind KIND = Definition.of("CHECKSUM", HELP, scope -> new Parser(),
            OptionSpec.of("checksum-fill", OptionType.NONE).needed())
            .in(TableName.MANGLE);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --checksum-fill");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" CHECKSUM fill");
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotChecksum();
    }

    private static final class Parser implements TargetParser {

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            // There is one only, and it is mandatory.
        }

        @Override
        public Target finish() {
            return new ChecksumTarget();
        }
    }
}
