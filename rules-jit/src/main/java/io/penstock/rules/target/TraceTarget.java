package io.penstock.rules.target;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotTrace;

/** TRACE: every rule that takes the packet from here on is told. */
public record TraceTarget() implements RunnableTarget {

    private static final String HELP = """
            TRACE does not take any options
            """;

    static final TargetKind KIND = Definition.of("TRACE", HELP, scope -> new Parser()).in(TableName.RAW);

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        // Nothing to say.
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        // Nothing to say.
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotTrace();
    }

    private static final class Parser implements TargetParser {

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            throw new IllegalStateException("TRACE has no options: option=" + option.name());
        }

        @Override
        public Target finish() {
            return new TraceTarget();
        }
    }
}
