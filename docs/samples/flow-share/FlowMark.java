package samples;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RuleVerdict;
import java.util.List;
import java.util.Set;

/**
 * FLOWMARK: gives each flow one of several marks, always the same one.
 *
 * @param base the first mark
 * @param ways how many there are
 */
public record FlowMark(long base, int ways) implements RunnableTarget {

    private static final TargetKind KIND = new Kind();

    @Override
    public TargetKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --base ").append(base).append(" --ways ").append(ways);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" FLOWMARK ").append(base).append('-').append(base + ways - 1);
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        final int first = (int) base;
        final int count = ways;
        return packet -> {
            packet.mark = first + FlowHash.of(packet) % count;
            return RuleVerdict.CONTINUE;
        };
    }

    /** What is found by its name in META-INF/services. */
    public static final class Kind implements TargetKind {

        @Override
        public String name() {
            return "FLOWMARK";
        }

        @Override
        public Set<TableName> tables() {
            return Set.of(TableName.MANGLE);
        }

        @Override
        public List<OptionSpec> options() {
            return List.of(OptionSpec.of("base", OptionType.UINT32).needed(), OptionSpec.of("ways", OptionType.UINT8).between(1, 255).needed());
        }

        @Override
        public String help() {
            return """
                    FLOWMARK target options:
                    --base number           The first mark
                    --ways number           How many marks there are
                    """;
        }

        @Override
        public TargetParser parser(final ParseScope scope) {
            return new Parser();
        }
    }

    private static final class Parser implements TargetParser {

        private long base;
        private int ways;

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals("base")) {
                base = value.low();
            } else {
                ways = (int) value.low();
            }
        }

        @Override
        public Target finish() {
            return new FlowMark(base, ways);
        }
    }
}
